/**
 * The dangers to somebody who writes a message, the worst first: each has a line of its own, and an article that comes first. Recognised by words
 * that stand near one another, in English and German, since the same word is harmless elsewhere: drives are hot-swapped, LEDs burn (in
 * German), timers fire.
 */
export const HAZARDS = ['person', 'fire', 'shock', 'bypass', 'live'] as const;
export type Hazard = (typeof HAZARDS)[number];

/** All of `words` within a few words of the first of them, and none of `unless` beside one of them. */
export interface Sign {
  hazard: Hazard;
  words: readonly RegExp[];
  /** In this order only: who runs `without guards` is not who resets an `estop without cycling power`. */
  isOrdered?: boolean;
  /** How far apart they may be; default 4. */
  reach?: number;
  unless?: RegExp;
}

const PERSON =
  /^(?:someone|somebody|person|people|operator|worker|coworker|colleague|guy|mate|man|woman|child|kid|he|she|me|hand|hands|arm|arms|finger|fingers|leg|foot|hair|sleeve|glove|jemand|person|kolleg\w*|mitarbeiter\w*|bediener\w*|mensch\w*|mann|frau|hande?|finger\w*|arme?s?|bein|fuss|haare?|armel|handschuh)$/;
const NO_PERSON =
  /^(?:panel|panels|station|mode|control|key|keys|says?|said|betrieb|auto|valve|relay|exception|loop|error|pixel|crank|crane|wheel|kurbel|rad)$/;
const HELD = /^(?:stuck|caught|klemmt|steckt|hangt|fest)$/;
const HURT =
  /^(?:trapped|pinned|crushed|pinched|injured|hurt|bleeding|unconscious|eingeklemmt|eingezogen|gequetscht|verletzt|blutet|bewusstlos|festgeklemmt|gefangen|geraten)$/;
const PULLED = /^(?:pulled|dragged|drawn|sucked|gezogen)$/;
const REACHING =
  /^(?:reach|reaching|stick|put|putting|stecken|greife?n?|reinfassen|hineingreifen|reingreifen|fassen)$/;
const INTO = /^(?:in|into|inside|under|between|rein|hinein|unter|zwischen)$/;
const SMELL = /^(?:smell\w*|stink\w*|stench|odou?r|riecht|stinkt|geruch|gestank)$/;
const BURNT =
  /^(?:burn\w*|scorch\w*|smok\w*|singed|verbrannt\w*|verschmort\w*|angebrannt|schmor\w*|brand\w*|rauch\w*)$/;
const SMOKE = /^(?:smok(?:es?|ed|y|ing?)|rauch|raucht|rauchen|rauchte?|qualm|qualmt|qualmen)$/;
const NO_SMOKE =
  /^(?:detectors?|alarm|sensor|tests?|tested|machine|area|free|colou?red|break|melder|glas|gas|abzug)$/;
/** Things that melt, glow and char before they burn. */
const CONDUCTOR =
  /^(?:wires?|cables?|plugs?|terminals?|connectors?|contacts?|breakers?|contactors?|fuses?|motors?|kabel|klemmen?|stecker|leitung\w*|draht|schutz|kontakte?)$/;
const WRITING =
  /^(?:firmware|program|programm|image|eprom|eeprom|rom|prom|flash|card|disc|disk|cd|dvd|sd|hours?|stunden|led|leds|lampe|lampen|licht|leuchte|anzeige|diode|oven|burner|brenner|question\w*|flame|kessel|boiler|furnace)$/;
const SHOCKED =
  /^(?:shocked|shocking|shocks?|zapped|electrocuted|tingl\w*|stromschlag|elektrisiert|gewischt|kribbelt)$/;
const FELT =
  /^(?:got|get|gets|getting|gave|gives|giving|me|my|him|her|felt|feel|electric|electrical|touch\w*|hand|bekommen|bekam|mir|mich|beruhr\w*|anfass\w*)$/;
const NO_SHOCK =
  /^(?:absorber|absorbers|load|loads|sensor|pulse|proof|resistant|resistance|vibration|valve|hydraulic)$/;
const WORK =
  /^(?:work\w*|test\w*|measur\w*|open\w*|touch\w*|replac\w*|swap\w*|chang\w*|wir(?:e|ing)|rewir\w*|unplug\w*|pull\w*|remov\w*|connect\w*|disconnect\w*|tighten\w*|probe|probing|check\w*|arbeite\w*|mess\w*|prufe?\w*|test\w*|offne?\w*|tausch\w*|wechs\w*|zieh\w*|klemm\w*|anschliess\w*|abklemm\w*)$/;
const LIVE = /^(?:live|energi[sz]ed|spannungsfuhrend\w*)$/;
const NO_LIVE =
  /^(?:data|zero|bit|bits|trend|trends|tag|tags|view|values?|monitor\w*|mode|video|list|status|edit|edits|trace|chart|signal|lists?|stream|update|updates|feed|dashboard|display|demo|chat|support|link|ladder|online|code|variables?|wert|werte|daten)$/;
const MEASURING = /^(?:measur\w*|prob(?:e|ing)|mess\w*|touch\w*)$/;
const RUNNING = /^(?:running|powered|energi[sz]ed|laufend\w*|lauft|eingeschaltet\w*)$/;
const BARE = /^(?:bare|exposed|blanke?[nrs]?|offene?[nrs]?)$/;
const WIRE =
  /^(?:wires?|conductors?|cables?|terminals?|busbars?|draht|drahte|kabel|leiter|adern?|litze|klemmen?)$/;
const DEFEAT =
  /^(?:bypas\w*|jumper\w*|jump|defeat\w*|overrid\w*|cheat\w*|trick\w*|disabl\w*|tape|taped|taping|bridge|bridged|bridging|skip|skipping|u(?:e)?berbru(?:e)?ck\w*|(?:ge)?bru(?:e)?ck\w*|umgeh\w*|aushebel\w*|u(?:e)?berlist\w*|austricks\w*|abkleb\w*|deaktivier\w*|manipulier\w*)$/;
const TAKEN_OFF = /^(?:remov\w*|off|missing|abmontier\w*|demontier\w*|abgebaut|ausgebaut|entfern\w*|weg)$/;
const COVER =
  /^(?:guards?|guarding|schutztur\w*|schutzgitter\w*|schutzhaube\w*|schutzzaun\w*|schutzeinrichtung\w*|schutzabdeckung\w*)$/;
const PROTECTION =
  /^(?:estops?|guard|guards|guarding|interlocks?|lockout|loto|notaus\w*|nothalt\w*|schutztur\w*|schutzgitter\w*|schutzhaube\w*|schutzzaun\w*|schutzeinrichtung\w*|sicherheitsschalter\w*|sicherheitsrelais|sicherheitskreis\w*|sicherheitstur\w*|lichtgitter\w*|lichtvorhang\w*|verriegelung\w*|zuhaltung\w*|zweihand\w*|turschalter\w*)$/;
const NO_BYPASS =
  /^(?:contactor|valve|filter|line|capacitor|diode|clause|clauses|band|bands|time|ring|bit|bits|rail|logix|condition|conditions)$/;
const SAFETY = /^(?:safety|door|gate|light|sicherheits)$/;
const DEVICE = /^(?:relay|switch|switches|circuit|curtain|gate|door|mat|scanner|contact|interlock)$/;
const HURRY = /^(?:no|skip|without|kein|keine|keinen|ohne)$/;
const LOCKING = /^(?:lockout|loto|lock|locking|freischalten|absperren)$/;
const PRESSURE = /^(?:pressure|pressuri[sz]ed|druck)$/;
const OPENING =
  /^(?:open|opening|loosen\w*|undo|crack|break|disconnect\w*|offne?\w*|losen?|abschraub\w*|aufschraub\w*)$/;
const PIPE =
  /^(?:lines?|hoses?|pipes?|fittings?|hydraulic|pneumatic|cylinder|schlauch|schlauche|leitung|leitungen|verschraubung\w*|hydraulik\w*|druckluft\w*)$/;

export const SIGNS: readonly Sign[] = [
  { hazard: 'person', words: [PERSON, HELD], isOrdered: true, unless: NO_PERSON },
  { hazard: 'person', words: [PERSON, HURT], reach: 7, unless: NO_PERSON },
  { hazard: 'person', words: [PERSON, PULLED, INTO], reach: 5 },
  {
    hazard: 'person',
    words: [
      REACHING,
      INTO,
      /^(?:guard|machine|running|press|conveyor|belt|rollers?|hands?|arm|fingers?|maschine|presse|band|schutz\w*)$/,
    ],
    reach: 7,
  },
  {
    hazard: 'person',
    words: [PERSON, /^(?:fell|fallen|gefallen|gesturzt)$/, /^(?:in|into|off|from|vom|von)$/],
    isOrdered: true,
    unless: NO_PERSON,
  },
  {
    hazard: 'person',
    words: [
      /^(?:someone|somebody|person|jemand|worker|kolleg\w*|mitarbeiter\w*)$/,
      /^(?:in|inside)$/,
      /^(?:machine|maschine|press|presse|conveyor)$/,
    ],
    isOrdered: true,
    unless: /^(?:scanner|detect\w*|erkenn\w*)$/,
  },
  {
    hazard: 'person',
    words: [
      /^(?:hands?|arms?|fingers?|foot|leg|fuss)$/,
      /^(?:in|between|zwischen)$/,
      /^(?:nip|press|presse|rollers?|gears?|chain|auger|mixer|walzen?|quetschstelle)$/,
    ],
    isOrdered: true,
    unless: NO_PERSON,
  },
  {
    hazard: 'person',
    words: [/^reach(?:ing)?$/, /^in$/],
    isOrdered: true,
    reach: 1,
    unless: /^(?:limit|time|position)$/,
  },
  { hazard: 'fire', words: [SMOKE], unless: NO_SMOKE },
  { hazard: 'fire', words: [SMELL, BURNT], reach: 5 },
  {
    hazard: 'fire',
    words: [/^(?:burning|schmort|brennt|flames?|flammen|brandgeruch|feuer)$/],
    unless: WRITING,
  },
  { hazard: 'fire', words: [/^(?:on|caught|catches|catching)$/, /^fire$/], isOrdered: true, reach: 1 },
  {
    hazard: 'fire',
    words: [/^(?:there|small|electrical)$/, /^fire$/, /^(?:in|at|inside)$/],
    isOrdered: true,
    unless: /^(?:alarm|trigger|event|alert|timer)$/,
  },
  {
    hazard: 'fire',
    words: [
      /^(?:sparks?|sparking|arcing|funken)$/,
      /^(?:panel|cabinet|motor|drive|cable|breaker|contactor|box|flying|out|from|schrank|schaltschrank|kabel|schutz|spru\w*|fliegen)$/,
    ],
    unless: /^(?:plugs?|test|suppress\w*|erosion)$/,
  },
  {
    hazard: 'fire',
    words: [
      /^fire$/,
      /^(?:in|at|inside)$/,
      /^(?:panel|cabinet|mcc|motor|drive|machine|plant|room|hall|press|line|tray|box|dryer|oven|duct)$/,
    ],
    isOrdered: true,
    unless: /^(?:alarms?|triggers?|events?|alert|timers?|task|detect\w*|extinguish\w*|rated)$/,
  },
  {
    hazard: 'fire',
    words: [
      CONDUCTOR,
      /^(?:glow\w*|melt\w*|molten|charred|gluht|gluhend\w*|schmilzt|geschmolzen|verschmort|angeschmort|verkohlt)$/,
    ],
    unless: /^(?:lamp|led|integral|curve|characteristic)$/,
  },
  { hazard: 'shock', words: [SHOCKED, FELT], unless: NO_SHOCK },
  { hazard: 'shock', words: [/^(?:electrocuted|stromschlag|elektrisiert)$/] },
  { hazard: 'shock', words: [/^schlag$/, /^(?:bekomm\w*|bekam|gekriegt|elektrisch\w*)$/] },
  { hazard: 'bypass', words: [DEFEAT, PROTECTION], unless: NO_BYPASS },
  { hazard: 'bypass', words: [DEFEAT, SAFETY, DEVICE], reach: 5, unless: NO_BYPASS },
  {
    hazard: 'bypass',
    words: [/^forc(?:e|ed|ing|en|t)$/, SAFETY, /^(?:inputs?|outputs?|signals?|relay|bit)$/],
    unless: /^guided$/,
  },
  {
    hazard: 'bypass',
    words: [/^(?:disconnect|unplug|unwire|abklemmen?|abgeklemmt|ausschalten|abschalten)$/, PROTECTION],
    unless: /^(?:power|voltage|mains|supply|spannung|strom|drives?)$/,
  },
  {
    hazard: 'bypass',
    words: [/^magnets?$/, /^(?:door|gate|guard|safety|turschalter\w*|schutztur\w*|sicherheitsschalter)$/],
    unless: /^(?:reed|lock|locks|valve|cylinder)$/,
  },
  {
    hazard: 'bypass',
    words: [
      /^(?:zip|tie|tied|tape|taped|wedge|wedged|block|blocked|festgebunden|fixieren|fixiert)$/,
      /^(?:deadman\w*|enabling|zustimm\w*)$/,
    ],
  },
  {
    hazard: 'bypass',
    words: [/^(?:short|shorting)$/, PROTECTION],
    isOrdered: true,
    reach: 3,
    unless: /^(?:circuits?|in|at|detected|fault|delay|pulse|press|time)$/,
  },
  {
    hazard: 'bypass',
    words: [/^(?:get|getting|go|going|work)$/, /^(?:a?round)$/, PROTECTION],
    isOrdered: true,
    reach: 5,
  },
  {
    hazard: 'bypass',
    words: [/^(?:short(?:ed|ing)?|tied?|tying)$/, /^(?:out|back|down)$/, PROTECTION],
    reach: 6,
  },
  {
    hazard: 'bypass',
    words: [TAKEN_OFF, COVER],
    unless: /^(?:relay|delay|switch|clause|band|time|turn|lockout|bolt|bolts)$/,
  },
  {
    hazard: 'bypass',
    words: [/^(?:without|ohne)$/, /^(?:estops?|guards?|guarding|notaus|nothalt|schutz\w*|lichtgitter)$/],
    isOrdered: true,
    reach: 2,
  },
  {
    hazard: 'bypass',
    words: [/^run\w*$/, /^with$/, /^(?:guards?|doors?|gates?)$/, /^open$/],
    isOrdered: true,
    reach: 6,
    unless: /^(?:wont|not|cant)$/,
  },
  {
    hazard: 'bypass',
    words: [HURRY, LOCKING],
    isOrdered: true,
    unless: /^(?:file|record|mutex|thread|screen|key)$/,
  },
  { hazard: 'live', words: [WORK, LIVE], unless: NO_LIVE },
  {
    hazard: 'live',
    words: [
      LIVE,
      /^(?:panel|wires?|parts?|cables?|busbars?|conductors?|circuits?|terminals?|cabinet|still)$/,
    ],
    reach: 2,
    unless: NO_LIVE,
  },
  { hazard: 'live', words: [WORK, /^unter$/, /^spannung$/] },
  { hazard: 'live', words: [/^work\w*$/, /^under$/, /^(?:voltage|power)$/] },
  {
    hazard: 'live',
    words: [MEASURING, /^(?:while|bei|wahrend)$/, RUNNING],
    reach: 7,
    unless: /^(?:average|mean|hours|total|speed)$/,
  },
  {
    hazard: 'live',
    words: [BARE, WIRE],
    isOrdered: true,
    reach: 1,
    unless: /^(?:size|gauge|metal|eingang|ausgang)$/,
  },
  {
    hazard: 'live',
    words: [OPENING, PIPE, /^(?:with|under|still|unter)$/, PRESSURE],
    reach: 7,
    unless: /^(?:sensor|transmitter|switch|gauge)$/,
  },
];
