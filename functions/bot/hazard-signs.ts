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
  /^(?:someone|somebody|person|people|operator|worker|coworker|colleague|guy|mate|man|woman|child|kid|he|she|me|hand|hands|arm|arms|finger|fingers|thumbs?|daumen|leg|foot|hair|sleeve|glove|jemand|person|kolleg\w*|mitarbeiter\w*|bediener\w*|mensch\w*|mann|frau|hande?|finger\w*|arme?s?|bein|fuss|haare?|armel|handschuh)$/;
const NO_PERSON =
  /^(?:panel|panels|station|mode|control|key|keys|says?|said|betrieb|auto|valve|relay|exception|loop|error|pixel|crank|crane|wheel|kurbel|rad)$/;
const HELD = /^(?:stuck|caught|klemmt|steckt|hangt|fest)$/;
const HURT =
  /^(?:trapped|pinned|crushed|pinched|injured|hurt|bleeding|unconscious|eingeklemmt|eingezogen|gequetscht|verletzt|blutet|bewusstlos|festgeklemmt|gefangen|geraten|severed|amputate[ds]?|amputiert|abgetrennt|abgerissen|erwischt)$/;
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
  /^(?:got|get|gets|getting|gave|gives|giving|me|my|him|her|felt|feel|electric|electrical|touch\w*|hand|arme?|finger|bekommen|bekam|mir|mich|beruhr\w*|anfass\w*|angefasst)$/;
const NO_SHOCK =
  /^(?:absorber|absorbers|load|loads|sensor|pulse|proof|resistant|resistance|vibration|valve|hydraulic)$/;

export const HARM_SIGNS: readonly Sign[] = [
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
  {
    hazard: 'person',
    words: [/^(?:fingers?|thumbs?|toes?|daumen|zehe?n?)$/, /^(?:ab|off|weg|gone)$/],
    isOrdered: true,
    reach: 3,
    unless: /^(?:panel|screen|touch|button|display|taste|gripper|greifer)$/,
  },
  {
    hazard: 'person',
    words: [/^(?:lost|cut|verloren)$/, /^(?:fingers?|thumbs?|toes?|hand|arm|daumen)$/],
    isOrdered: true,
    reach: 3,
    unless: NO_PERSON,
  },
  { hazard: 'fire', words: [SMOKE], unless: NO_SMOKE },
  {
    hazard: 'fire',
    words: [/^(?:explo(?:d\w*|sion)|explodiert\w*|geplatzt|detonat\w*)$/],
    unless:
      /^(?:proof|view|drawing|diagram|parts|protection|protected|zone|area|hazard|rated|suppression|shop)$/,
  },
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
      /^(?:sparks?|sparking|arcing|funken|funkt)$/,
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
  {
    hazard: 'shock',
    words: [
      /^(?:touch\w*|beruhrt\w*|angefasst)$/,
      /^(?:got|bekommen|bekam)$/,
      /^(?:belt|jolt|bite|buzz|whack|kick|eine)$/,
    ],
    reach: 9,
  },
  { hazard: 'shock', words: [/^schlag$/, /^(?:bekomm\w*|bekam|gekriegt|elektrisch\w*)$/] },
];
