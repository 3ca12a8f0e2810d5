/** Each line has German words of the trade behind what an English text calls them; `german-terms.ts` says how they are read. */
const LINES = `
does not reset: quittiert nicht, nicht quittierbar
reset: quittiert, quittierung, quittierbar, rückstellen
acceleration: hochlauf, hochlaufzeit, beschleunigen, beschleunigung, hochfahren
deceleration: auslauf, bremsrampe, verzögerung, herunterfahren
ramp: rampe, hochlauframpe
limit: grenzwert, grenzwerte
voltage drop: spannungsabfall, spannungseinbruch, spannungsfall
supply voltage: netzspannung, versorgungsspannung
no communication: nicht erreichbar, keine kommunikation, antwortet nicht
communication lost: verbindungsabbruch, verbindungsverlust, kommunikationsabbruch
timeout: zeitüberschreitung
connect: anschließen, anschliessen, angeschlossen, anklemmen, auflegen
wiring: verdrahten, verdrahtet, anschlussplan
calibration: kalibrierung, kalibrieren, abgleich
setting: einstellung, einstellen, nachstellen, verstellt
current: stromaufnahme
rated current: nennstrom, bemessungsstrom
power: leistung
inrush current: einschaltstrom, einschaltstromstoß
starting current: anlaufstrom
bearing: lager, lagerschaden
coupling: kupplung
seal: dichtung, dichtungen
leaks: undicht, leck, leckage, tropft, verliert öl
oil level: ölstand
end position: endlagen
loose connection: wackelkontakt, wackler, kontaktproblem
corrosion: korrodiert, korrosion, oxidiert, oxidation
moisture: feuchtigkeit, feucht, nass, kondenswasser
dirt: verschmutzt, verschmutzung, schmutz, dreck, staub, staubig
block: bausteine
indicator light: leuchtmelder, signallampe
level: füllstand
flow: durchfluss, durchflussmesser
thermocouple: thermoelemente
dc bus: zwischenkreis, zwischenkreisspannung
sequencer: ablaufkette
fault memory: fehlerspeicher, störungsspeicher, störspeicher
input module: eingangskarte, eingabebaugruppe, eingangsbaugruppe
output module: ausgangskarte, ausgabebaugruppe, ausgangsbaugruppe
analog module: analogkarte, analogbaugruppe
channel fault: kanalfehler
replace module: baugruppentausch, modultausch, kartentausch
integer: ganzzahl, ganzzahlen
clock: uhrzeit, systemzeit
frequency: frequenz
brake: haltebremse, motorbremse
winding: wicklungsschluss, windungsschluss
terminal box: klemmbrett, klemmenkasten, motorklemmkasten
stops: stillstand
jammed: klemmt, blockiert, verklemmt, festgefressen
chain: kette
roller: rolle, umlenkrolle
tracking: bandlauf, schieflauf
piston: kolben
valve: ventilinsel, rückschlagventil, wegeventil, drosselventil
hose: schlauch, schläuche
pressure drop: druckabfall, druckverlust
emergency stop circuit: not-aus-kette, not-halt-kette
safety circuit: sicherheitskreis, sicherheitskette
ferrule: aderendhülse, aderendhülsen
fuse: absicherung, vorsicherung
transformer: trafo, transformator, steuertrafo
capacitor: kondensator
harmonics: oberschwingungen, oberwellen
jog: tippen
hand: handbetrieb
auto: automatikbetrieb
mode: betriebsart, betriebsarten
address: adressierung
duplicate address: doppeladresse, doppelte adresse
programming: programmierung, programmieren
memory lost: datenverlust, speicherverlust
rotation: drehsinn, dreht falsch herum, läuft rückwärts
`;

export const MORE_GERMAN_TERMS: readonly { english: string; german: readonly string[] }[] = LINES.trim()
  .split('\n')
  .map((line) => {
    const [english = '', german = ''] = line.split(': ');
    return { english, german: german.split(', ') };
  });
