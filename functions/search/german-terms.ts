import { withoutUmlauts } from './languages.ts';
import { MORE_GERMAN_TERMS } from './more-german-terms.ts';
import { normalise } from './folding.ts';
import type { Token } from './tokens.ts';

/**
 * German words of the trade, by what an English text calls them. A query is read with these; texts are not, so that no
 * German word is taken for an English one in them. A form with a hyphen may also be written together, one with a space in
 * all three ways. Endings are recognised, changed vowels are not: `Eingänge` has to be listed.
 */
export const GERMAN_TERMS: readonly { english: string; german: readonly string[] }[] = [
  { english: 'protection', german: ['schutz'] },
  { english: 'contactor', german: ['schütz', 'leistungsschütz', 'hilfsschütz', 'motorschütz'] },
  { english: 'reversing contactor', german: ['wendeschütz', 'wendeschaltung', 'wendeschützschaltung'] },
  { english: 'relay', german: ['relais', 'koppelrelais'] },
  { english: 'fuse', german: ['sicherung', 'schmelzsicherung'] },
  {
    english: 'circuit breaker',
    german: ['leistungsschalter', 'leitungsschutzschalter', 'sicherungsautomat'],
  },
  {
    english: 'residual current device',
    german: ['fi-schalter', 'fehlerstrom', 'fehlerstromschutzschalter'],
  },
  { english: 'main switch', german: ['hauptschalter'] },
  { english: 'overload', german: ['überlast', 'überlastung'] },
  { english: 'overload relay', german: ['überlastrelais', 'motorschutzrelais', 'bimetallrelais'] },
  { english: 'motor protection overload', german: ['motor schutz', 'motor schutzschalter'] },
  { english: 'overcurrent', german: ['überstrom'] },
  { english: 'overvoltage', german: ['überspannung'] },
  { english: 'undervoltage', german: ['unterspannung'] },
  { english: 'short circuit', german: ['kurzschluss', 'kurzschluß'] },
  { english: 'ground fault', german: ['erdschluss', 'erdschluß', 'masseschluss'] },
  { english: 'wire break', german: ['drahtbruch', 'kabelbruch', 'leitungsbruch'] },
  { english: 'phase failure', german: ['phasenausfall'] },
  { english: 'three-phase', german: ['drehstrom', 'dreiphasig'] },
  { english: 'three-phase motor', german: ['drehstrommotor', 'asynchronmotor'] },
  { english: 'star delta', german: ['stern dreieck'] },
  { english: 'protective earth', german: ['schutzleiter'] },
  { english: 'grounding', german: ['erdung'] },
  {
    english: 'emergency stop',
    german: ['not aus', 'not aus taster', 'not aus schalter', 'not-halt', 'not-halt-taster'],
  },
  { english: 'safety', german: ['sicherheit'] },
  { english: 'safety plc', german: ['sicherheits sps', 'fehlersichere steuerung', 'fehlersichere sps'] },
  { english: 'safety relay', german: ['sicherheitsrelais', 'sicherheitsschaltgerät'] },
  { english: 'light curtain', german: ['lichtvorhang', 'lichtgitter'] },
  { english: 'guard door', german: ['schutztür'] },
  { english: 'two-hand control', german: ['zweihandschaltung', 'zweihandbedienung'] },
  { english: 'lockout', german: ['freischalten', 'freischaltung'] },
  { english: 'lockout tagout', german: ['fünf sicherheitsregeln', '5 sicherheitsregeln'] },
  { english: 'vfd', german: ['frequenz umrichter', 'umrichter', 'frequenzumformer'] },
  { english: 'soft starter', german: ['sanft anlauf', 'sanftstarter', 'sanftanlaufgerät', 'sanftanlasser'] },
  { english: 'motor', german: ['elektromotor'] },
  { english: 'stepper motor', german: ['schrittmotor'] },
  { english: 'brake', german: ['bremse'] },
  { english: 'braking resistor', german: ['bremswiderstand', 'bremswiderstände'] },
  { english: 'gearbox', german: ['getriebe'] },
  { english: 'bearing', german: ['kugellager', 'wälzlager'] },
  { english: 'pump', german: ['pumpe'] },
  { english: 'fan', german: ['lüfter'] },
  { english: 'valve', german: ['ventil'] },
  { english: 'solenoid valve', german: ['magnetventil'] },
  { english: 'cylinder', german: ['zylinder'] },
  {
    english: 'conveyor',
    german: ['förder band', 'förderbänder', 'transport band', 'fließband', 'fördertechnik'],
  },
  { english: 'limit switch', german: ['end schalter', 'endlagenschalter', 'grenztaster'] },
  { english: 'proximity sensor', german: ['näherungsschalter', 'näherungssensor', 'initiator'] },
  { english: 'photoelectric sensor', german: ['lichtschranke'] },
  { english: 'encoder', german: ['drehgeber', 'inkrementalgeber', 'absolutwertgeber'] },
  { english: 'sensor', german: ['fühler', 'messfühler'] },
  { english: 'transmitter', german: ['messumformer'] },
  { english: 'push button', german: ['taster', 'drucktaster'] },
  { english: 'switch', german: ['schalter'] },
  { english: 'seal-in', german: ['selbsthaltung'] },
  { english: 'interlock', german: ['verriegelung'] },
  { english: 'normally closed', german: ['öffner'] },
  { english: 'normally open', german: ['schließer'] },
  { english: 'plc', german: ['sps', 'speicherprogrammierbar'] },
  { english: 'controller', german: ['steuerung'] },
  { english: 'pid controller', german: ['regler', 'regelung', 'pid regler'] },
  { english: 'scan cycle', german: ['zyklus', 'zykluszeit'] },
  { english: 'ladder', german: ['kontaktplan', 'kop'] },
  { english: 'function block diagram', german: ['funktionsplan', 'fup'] },
  { english: 'statement list', german: ['anweisungsliste', 'awl'] },
  { english: 'organization block', german: ['organisationsbaustein'] },
  { english: 'function block', german: ['funktionsbaustein'] },
  { english: 'data block', german: ['daten baustein'] },
  { english: 'on-delay timer', german: ['einschaltverzögerung'] },
  { english: 'off-delay timer', german: ['ausschaltverzögerung'] },
  { english: 'timer', german: ['zeitglied', 'zeitrelais'] },
  { english: 'counter', german: ['zähler'] },
  { english: 'input', german: ['eingang', 'eingänge'] },
  { english: 'output', german: ['ausgang', 'ausgänge'] },
  { english: 'digital input', german: ['digital eingang', 'digital eingänge'] },
  { english: 'digital output', german: ['digital ausgang', 'digital ausgänge'] },
  { english: 'analog input', german: ['analog eingang', 'analog eingänge'] },
  { english: 'analog output', german: ['analog ausgang', 'analog ausgänge'] },
  { english: 'analog value', german: ['analog wert'] },
  { english: 'scaling', german: ['skalierung', 'skalieren'] },
  { english: 'setpoint', german: ['sollwert'] },
  { english: 'actual value', german: ['istwert'] },
  { english: 'speed', german: ['drehzahl'] },
  { english: 'direction of rotation', german: ['drehrichtung'] },
  { english: 'voltage', german: ['spannung'] },
  { english: 'current', german: ['strom'] },
  { english: 'resistance', german: ['widerstand', 'widerstände'] },
  { english: 'temperature', german: ['temperatur'] },
  { english: 'pressure', german: ['druck'] },
  { english: 'power supply', german: ['netzteil', 'stromversorgung', 'spannungsversorgung'] },
  { english: 'cable', german: ['kabel', 'leitung'] },
  { english: 'terminal', german: ['klemme', 'klemmleiste'] },
  { english: 'shielding', german: ['schirmung', 'abschirmung'] },
  { english: 'wiring', german: ['verdrahtung', 'verkabelung'] },
  { english: 'control panel', german: ['schaltschrank', 'schaltschränke'] },
  { english: 'circuit diagram', german: ['schaltplan', 'schaltpläne', 'stromlaufplan'] },
  { english: 'fault', german: ['störung', 'fehler'] },
  { english: 'fault code', german: ['fehlercode', 'fehlernummer'] },
  { english: 'fault message', german: ['fehlermeldung', 'störmeldung'] },
  { english: 'troubleshooting', german: ['fehlersuche', 'störungssuche'] },
  { english: 'diagnostic buffer', german: ['diagnosepuffer'] },
  { english: 'commissioning', german: ['inbetriebnahme'] },
  { english: 'maintenance', german: ['wartung', 'instandhaltung'] },
  { english: 'backup', german: ['datensicherung'] },
  { english: 'network', german: ['netzwerk'] },
  { english: 'drive', german: ['antrieb'] },
  { english: 'machine', german: ['anlage', 'maschine'] },
  { english: 'module', german: ['baugruppe'] },
  { english: 'program', german: ['programm'] },
  { english: 'memory card', german: ['speicherkarte'] },
  { english: 'memory reset', german: ['urlöschen'] },
  { english: 'edge', german: ['flanke'] },
  { english: 'edge detection', german: ['flankenauswertung', 'flankenerkennung', 'flankenmerker'] },
  { english: 'duplicate coil', german: ['doppelte zuweisung', 'doppelzuweisung', 'doppelbelegung'] },
  { english: 'password', german: ['passwort', 'kennwort'] },
  { english: 'connection', german: ['verbindung'] },
  { english: 'address', german: ['adresse'] },
  { english: 'duplicate ip address', german: ['doppelte ip adresse', 'ip konflikt', 'adresskonflikt'] },
  { english: 'device name', german: ['gerätename'] },
  { english: 'bus fault', german: ['busfehler'] },
  { english: 'power failure', german: ['stromausfall', 'netzausfall', 'spannungsausfall'] },
  { english: 'insulation resistance', german: ['isolationswiderstand', 'isolationswiderstände'] },
  { english: 'insulation test', german: ['isolationsmessung', 'isolationsprüfung'] },
  { english: 'prove dead', german: ['spannungsfreiheit', 'spannungsfreiheit feststellen', 'spannungsfrei'] },
  { english: 'thermocouple', german: ['thermoelement'] },
  { english: 'temperature sensor', german: ['temperaturfühler', 'temperatursensor'] },
  { english: 'shield', german: ['schirm', 'kabelschirm'] },
  { english: 'stop', german: ['stopp'] },
  { english: 'device', german: ['teilnehmer'] },
  { english: 'welded', german: ['klebt', 'verschweißt'] },
  { english: 'torque', german: ['drehmoment'] },
  { english: 'overheating', german: ['überhitzung', 'überhitzt', 'heiß'] },
  { english: 'defective', german: ['defekt'] },
  { english: 'intermittent', german: ['sporadisch'] },
  { english: 'wrong way', german: ['falsch herum', 'falsche richtung'] },
  { english: 'start', german: ['läuft nicht an', 'läuft nicht', 'startet nicht'] },
  { english: 'pull in', german: ['zieht nicht an', 'zieht nicht'] },
  { english: 'reset', german: ['quittieren', 'zurücksetzen', 'rücksetzen'] },
  { english: 'flashing', german: ['blinkt', 'blinken', 'blinkend'] },
  { english: 'humming', german: ['brummt', 'brummen'] },
  { english: 'chattering', german: ['flattert', 'flattern'] },
  { english: 'oscillates', german: ['schwingt', 'schwingen'] },
  { english: 'red', german: ['rote', 'roter', 'rotes'] },
  { english: 'yellow', german: ['gelb', 'gelbe', 'gelber', 'gelbes'] },
  { english: 'green', german: ['grün', 'grüne', 'grüner', 'grünes'] },
  { english: 'drive', german: ['fu', 'fus', 'servoumrichter'] },
  { english: 'overload relay', german: ['bimetall', 'motorvollschutz'] },
  { english: 'encoder', german: ['geber', 'impulsgeber'] },
  { english: 'proximity sensor', german: ['ini', 'inis', 'induktivsensor'] },
  { english: 'wire break', german: ['aderbruch'] },
  { english: 'lockout', german: ['absperren', 'abschließen', 'wegsperren', 'freigeschaltet'] },
  { english: 'retentive memory', german: ['merker', 'remanenz', 'remanent', 'remanente'] },
  {
    english: 'cycle time exceeded',
    german: ['zykluszeitüberschreitung', 'zykluszeit überschritten', 'zykluszeitüberwachung'],
  },
  {
    english: 'wrong direction',
    german: ['falschrum', 'verkehrtherum', 'rückwärts', 'linkslauf', 'drehfeld'],
  },
  { english: 'change two phases', german: ['umklemmen', 'umpolen'] },
  { english: 'lit', german: ['leuchtet', 'leuchten', 'brennt'] },
  { english: 'turn', german: ['dreht', 'drehen', 'dreht sich'] },
  { english: 'not turn', german: ['dreht nicht', 'dreht sich nicht'] },
  { english: 'switch', german: ['schaltet', 'schalten', 'umschalten', 'umschaltung'] },
  {
    english: 'trips',
    german: [
      'löst aus',
      'auslösen',
      'fliegt',
      'ausgelöst',
      'fällt aus',
      'löst ständig aus',
      'löst immer aus',
    ],
  },
  { english: 'drops out', german: ['fällt ab', 'abfallen', 'abgefallen'] },
  { english: 'failed', german: ['ausgefallen', 'ausfall', 'gestört'] },
  { english: 'counts', german: ['zählt', 'zählen', 'verzählt'] },
  { english: 'wrong', german: ['falsch', 'falsche', 'falscher', 'falsches'] },
  { english: 'sensor', german: ['geberkabel', 'messwertgeber'] },
  { english: 'star', german: ['stern'] },
  { english: 'delta', german: ['dreieck'] },
  {
    english: 'termination resistor',
    german: ['abschlusswiderstand', 'abschlusswiderstände', 'busabschluss'],
  },
  { english: 'response', german: ['antwort', 'antwortet'] },
  { english: 'measure', german: ['messen', 'messe', 'misst', 'messung', 'prüfen', 'prüfe'] },
  { english: 'value', german: ['wert', 'werte', 'messwert'] },
  { english: 'find', german: ['finden', 'suchen'] },
  { english: 'forgotten', german: ['vergessen', 'vergessene'] },
  { english: 'battery', german: ['pufferbatterie', 'batterie'] },
  { english: 'power off', german: ['spannungslos', 'abgeschaltet'] },
  {
    english: 'safety relay does not reset',
    german: ['lässt sich nicht zurücksetzen', 'lässt sich nicht quittieren', 'lässt sich nicht rücksetzen'],
  },
  { english: 'burnt', german: ['verbrannt', 'durchgebrannt', 'verschmort'] },
  { english: 'smoke', german: ['rauch', 'raucht', 'qualm', 'qualmt'] },
  { english: 'bypass', german: ['brücken', 'überbrücken', 'überbrückt', 'gebrückt', 'umgehen'] },
  { english: 'noise interference', german: ['störeinstrahlung', 'emv', 'störsignale'] },
  { english: 'noise', german: ['geräusch', 'geräusche', 'rauschen'] },
  { english: 'vibration', german: ['vibriert', 'vibrationen', 'schwingungen'] },
  { english: 'ladder logic', german: ['ladderlogik'] },
  { english: 'scale', german: ['normieren', 'normierung'] },
  { english: 'replace', german: ['tauschen', 'austauschen', 'ersetzen', 'austausch', 'wechseln'] },
  { english: 'download', german: ['laden', 'runterladen', 'herunterladen', 'einspielen'] },
  { english: 'online', german: ['onlinegehen'] },
  { english: 'bounce', german: ['prellt', 'prellen', 'entprellen', 'entprellung'] },
  { english: 'winding', german: ['wicklung', 'wicklungen'] },
  { english: 'phase sequence', german: ['phasenfolge'] },
  { english: 'loses', german: ['verliert', 'verloren'] },
  { english: 'starts', german: ['anlaufen', 'anlauf', 'startet'] },
  {
    english: 'does not start',
    german: ['läuft nicht los', 'springt nicht an', 'geht nicht an', 'kommt nicht'],
  },
  { english: 'stops', german: ['bleibt stehen', 'stehengeblieben', 'steht'] },
  { english: 'no voltage', german: ['keine spannung', 'spannung fehlt'] },
  { english: 'emergency stop circuit', german: ['not-aus-kreis', 'not-halt-kreis'] },
  { english: 'hydraulic', german: ['hydraulik', 'hydraulisch'] },
  { english: 'pneumatic', german: ['pneumatik', 'pneumatisch', 'druckluft'] },
  { english: 'wear', german: ['verschleiß', 'abnutzung'] },
  { english: 'lamp', german: ['lampe', 'leuchte', 'meldeleuchte'] },
  { english: 'loop', german: ['schleife', 'stromschleife'] },
  { english: 'slow', german: ['langsam'] },
  { english: 'fast', german: ['schnell'] },
  { english: 'force', german: ['forcen', 'geforct'] },
  { english: 'backup', german: ['sicherungskopie', 'sichern'] },
  { english: 'state machine sequencer', german: ['ablaufsteuerung', 'schrittkette'] },
  { english: 'process image', german: ['prozessabbild'] },
  { english: 'flyback diode', german: ['freilaufdiode', 'löschdiode'] },
  { english: 'arc flash', german: ['lichtbogen', 'störlichtbogen'] },
  { english: 'replace device', german: ['gerätetausch'] },
  { english: 'operator panel', german: ['bedienpanel', 'bediengerät', 'bedienfeld'] },
  { english: 'structured text', german: ['strukturierter text', 'strukturierten text'] },
  { english: 'jog', german: ['tippbetrieb'] },
  { english: 'first-out alarm', german: ['erstwertmeldung'] },
  { english: 'shift register', german: ['schieberegister'] },
  { english: 'floating-point', german: ['gleitkomma', 'gleitkommazahl', 'fließkomma'] },
  { english: 'data type', german: ['datentyp'] },
  { english: 'overflow', german: ['überlauf'] },
  { english: 'memory', german: ['speicher'] },
  { english: 'end position', german: ['endlage'] },
  { english: 'block', german: ['baustein'] },
  { english: 'alignment', german: ['justieren', 'justage', 'ausrichten', 'ausrichtung'] },
  { english: 'pid tuning', german: ['regler einstellen', 'regler optimieren'] },
  ...MORE_GERMAN_TERMS,
];

const MAX_WORDS = 4;
/** Shorter parts are found in anything. */
const MIN_PART_LENGTH = 4;
const ENDINGS = ['ern', 'en', 'er', 'es', 'e', 'n', 's'];
/** Shorter words are taken as they are: what is left of them without an ending may be anything. */
const MIN_STEM_LENGTH = 5;

interface Term {
  english: string;
  /** Whether its words may have spaces between them. */
  mayBeApart: boolean;
}

interface Terms {
  /** By how they are written together. */
  byForm: ReadonlyMap<string, Term>;
  /** How they begin, which settles most words. */
  beginnings: ReadonlySet<string>;
}

const BEGINNING_LENGTH = 3;
/** Built when they are first needed: a cold start that answers a press of a button needs none. */
let germanTerms: Terms | undefined;

/** The longest German term that starts at `tokens[start]`: in English, and of how many tokens it is. */
export function germanTermAt(
  tokens: readonly Token[],
  start: number,
): { english: string; count: number } | undefined {
  const { byForm, beginnings } = (germanTerms ??= indexTerms());
  if (!beginnings.has(beginningOf(withoutUmlauts(tokens[start]?.raw ?? '')))) return undefined;
  for (let count = Math.min(MAX_WORDS, tokens.length - start); count > 0; count--) {
    const words = tokens.slice(start, start + count);
    const gaps = words.slice(1).map(({ gap }) => gap);
    if (gaps.some((gap) => gap !== 'space' && gap !== 'hyphen')) continue;
    const term = lookUp(byForm, words.map(({ raw }) => withoutUmlauts(raw)).join(''));
    if (term !== undefined && (term.mayBeApart || !gaps.includes('space')))
      return { english: term.english, count };
  }
  return undefined;
}

/** A compound of two words of the list, or of one of them and one that `isKnown`: `Drucksensor`, `Sensorkabel`. */
export function germanPartsOf(raw: string, isKnown: (word: string) => boolean): string | undefined {
  const { byForm } = (germanTerms ??= indexTerms());
  const word = withoutUmlauts(raw);
  for (let at = word.length - MIN_PART_LENGTH; at >= MIN_PART_LENGTH; at--) {
    const left = word.slice(0, at);
    const right = word.slice(at);
    const [first, second] = [
      lookUp(byForm, left) ?? lookUp(byForm, left.replace(/s$/, '')),
      lookUp(byForm, right),
    ];
    if (first !== undefined && second !== undefined) return `${first.english} ${second.english}`;
    if (first !== undefined && isKnown(right)) return `${first.english} ${right}`;
    if (second !== undefined && isKnown(left)) return `${left} ${second.english}`;
  }
  return undefined;
}

function lookUp(terms: Terms['byForm'], word: string): Term | undefined {
  const endings = ['', ...ENDINGS].filter((ending) => word.endsWith(ending));
  const stems = endings.map((ending) => word.slice(0, word.length - ending.length));
  const known = stems.find((stem) => terms.has(stem) && (stem === word || stem.length >= MIN_STEM_LENGTH));
  return known === undefined ? undefined : terms.get(known);
}

function indexTerms(): Terms {
  const forms = GERMAN_TERMS.flatMap(({ english, german }) =>
    german.map((form) => ({ form, term: { english, mayBeApart: form.includes(' ') } })),
  );
  const spelled = (form: string, fold: (word: string) => string): string => fold(form.replace(/[ -]/g, ''));
  // An umlaut typed without its dots is recognised unless that is another word: `Schutz` is no `Schütz`.
  const byForm = new Map([
    ...forms.map(({ form, term }): [string, Term] => [spelled(form, normalise), term]),
    ...forms.map(({ form, term }): [string, Term] => [spelled(form, withoutUmlauts), term]),
  ]);
  const firstWords = forms.map(({ form }) => form.split(/[ -]/)[0] ?? '');
  return { byForm, beginnings: new Set([...byForm.keys(), ...firstWords].map(beginningOf)) };
}

function beginningOf(word: string): string {
  return word.slice(0, BEGINNING_LENGTH);
}
