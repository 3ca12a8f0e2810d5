import type { Sign } from './hazard-signs.ts';

const WORK =
  /^(?:work\w*|test\w*|measur\w*|open\w*|touch\w*|replac\w*|swap\w*|chang\w*|wir(?:e|ing)|rewir\w*|unplug\w*|pull\w*|remov\w*|connect\w*|disconnect\w*|tighten\w*|probe|probing|check\w*|arbeite\w*|mess\w*|prufe?\w*|test\w*|offne?\w*|tausch\w*|wechs\w*|zieh\w*|klemm\w*|anschliess\w*|abklemm\w*)$/;
const LIVE = /^(?:live|energi[sz]ed|spannungsfuhrend\w*)$/;
const NO_LIVE =
  /^(?:data|zero|bit|bits|trend|trends|tag|tags|view|values?|monitor\w*|mode|video|list|status|edit|edits|trace|chart|signal|lists?|stream|update|updates|feed|dashboard|display|demo|chat|support|link|ladder|online|code|variables?|wert|werte|daten)$/;
const MEASURING = /^(?:measur\w*|prob(?:e|ing)|mess\w*|touch\w*)$/;
const RUNNING = /^(?:running|powered|energi[sz]ed|laufend\w*|lauft|eingeschaltet\w*)$/;
/** Work with the hands in it, which is not to test or to measure. */
const HANDS_ON =
  /^(?:work\w*|replac\w*|swap\w*|chang\w*|wir(?:e|ing)|rewir\w*|splic\w*|remov\w*|connect\w*|disconnect\w*|tighten\w*|arbeite\w*|\w*tausch\w*|\w*wechs\w*|klemmen|\w*anklemm\w*|abklemm\w*|\w*anschliess\w*)$/;
const POWER = /^(?:power|voltage|mains|spannung|strom|netz|hauptschalter)$/;
const NO_POWER_OF_ALL =
  /^(?:output|ausgang|input|eingang|parameters?|setpoint|sollwert|value|speed|supply|after|nach|percent)$/;
const SWITCHED_OFF = /^(?:abgeschaltet|ausgeschaltet|freigeschaltet|abgestellt|off|isolated|aus|weg)$/;
const SWITCHING_OFF =
  /^(?:off|down|kill|cut|isolat\w*|lockout|energi[sz]e|unplug|abschalten|abzuschalten|ausschalten|auszuschalten|freischalten|freizuschalten|spannungsfrei|stromlos)$/;
const BROKEN =
  /^(?:broken|faulty|defective|dead|failed|doesnt|isnt|dont|not|stuck|nicht|defekt\w*|kaputt\w*)$/;
const ALLOWED = /^(?:can|may|ok|okay|safe|keep|continue|carry|anyway|durfen|konnen|kann|darf|trotzdem)$/;
const RUN = /^(?:run|running|produc\w*|operat\w*|going|laufen|fahren|produzieren)$/;
const RUN_ON = /^weiter(?:fahren|laufen|produzier\w*|arbeiten|machen)$/;
const NO_RUN_ON = /^(?:why|warum|reset\w*|quittier\w*|after|nach|will|wont|drives?|motor|maschine)$/;
const BARE = /^(?:bare|exposed|blanke?[nrs]?|offene?[nrs]?)$/;
const WIRE =
  /^(?:wires?|conductors?|cables?|terminals?|busbars?|draht|drahte|kabel|leiter|adern?|litze|klemmen?)$/;
const DEFEAT =
  /^(?:bypas\w*|jumper\w*|jump|defeat\w*|overrid\w*|cheat\w*|trick\w*|disabl\w*|tape|taped|taping|bridge|bridged|bridging|skip|skipping|u(?:e)?berbru(?:e)?ck\w*|(?:ge)?bru(?:e)?ck\w*|umgeh\w*|aushebel\w*|u(?:e)?berlist\w*|austricks\w*|abkleb\w*|deaktivier\w*|manipulier\w*)$/;
const TAKEN_OFF = /^(?:remov\w*|off|missing|abmontier\w*|demontier\w*|abgebaut|ausgebaut|entfern\w*|weg)$/;
const COVER =
  /^(?:guards?|guarding|schutztur\w*|schutzgitter\w*|schutzhaube\w*|schutzzaun\w*|schutzeinrichtung\w*|schutzabdeckung\w*)$/;
const PROTECTION =
  /^(?:estops?|guard|guards|guarding|interlocks?|lockout|loto|notaus\w*|nothalt\w*|schutztur\w*|schutzgitter\w*|schutzhaube\w*|schutzzaun\w*|schutzeinrichtung\w*|sicherheitsschalter\w*|sicherheitsrelais|sicherheitskreis\w*|sicherheitstur\w*|lichtgitter\w*|lichtvorhang\w*|verriegelung\w*|zuhaltung\w*|zweihand\w*|turschalter\w*|turkontakt\w*)$/;
/** Counts things as often as it guards people, so only a trick says which. */
const BEAM = /^(?:lichtschranke\w*|photoeyes?|barriers?|lichttaster\w*)$/;
const TRICKED =
  /^(?:bypas\w*|defeat\w*|cheat\w*|trick\w*|fool\w*|umgeh\w*|u(?:e)?berlist\w*|austricks\w*|aushebel\w*|u(?:e)?berbru(?:e)?ck\w*|manipulier\w*)$/;
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

/** A guard bypassed and work on what is live: the deeds that come before the harm. */
export const DEED_SIGNS: readonly Sign[] = [
  { hazard: 'bypass', words: [DEFEAT, PROTECTION], unless: NO_BYPASS },
  { hazard: 'bypass', words: [TRICKED, BEAM], unless: NO_BYPASS },
  {
    hazard: 'bypass',
    words: [PROTECTION, BROKEN, ALLOWED, RUN],
    reach: 9,
    isOrdered: true,
    unless: NO_RUN_ON,
  },
  { hazard: 'bypass', words: [PROTECTION, BROKEN, RUN_ON], reach: 9, isOrdered: true, unless: NO_RUN_ON },
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
  {
    hazard: 'live',
    words: [WIRE, /^(?:is|are|its|still)$/, /^live$/],
    isOrdered: true,
    unless: NO_LIVE,
  },
  {
    hazard: 'live',
    words: [
      HANDS_ON,
      /^(?:it|this|that|them|panel|circuits?|wires?|breaker|cabinet|board|fuses?|relays?|contactors?)$/,
      /^hot$/,
    ],
    isOrdered: true,
    unless:
      /^(?:is|gets?|getting|runs?|running|too|when|if|why|very|becomes?|keeps?|standby|water|runner|motor)$/,
  },
  {
    hazard: 'live',
    words: [
      /^(?:must|should|supposed|muss|mussen|sollte?)$/,
      /^(?:i|we|you|ich|wir|man)$/,
      SWITCHING_OFF,
      HANDS_ON,
    ],
    reach: 9,
    unless: /^(?:delay|timer|outputs?|setpoint|value|bit|wont|parameters?|automatically|automatisch)$/,
  },
  {
    hazard: 'live',
    words: [POWER, /^(?:nicht|not)$/, SWITCHED_OFF, HANDS_ON],
    reach: 7,
    unless: NO_POWER_OF_ALL,
  },
  {
    hazard: 'live',
    words: [POWER, /^(?:still|noch)$/, /^(?:on|an|drauf|da)$/, HANDS_ON],
    reach: 7,
    unless: NO_POWER_OF_ALL,
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
