/**
 * Abbreviations and synonyms of the trade. Every form of a line means the same thing, is indexed as the same extra term,
 * and so finds the documents that use another form. Kept short on purpose: a wrong synonym costs more than a missing one.
 */
export interface TradeTerm {
  /** Names the extra term; must be unique. */
  id: string;
  /** Each in lower case, as many words as it takes; a hyphen has to be there. */
  forms: readonly string[];
  ambiguous?: AmbiguousForm;
  /** A maker or a program, which tells where something happens rather than what does. */
  isPlace?: true;
}

/** A form that is an ordinary word too. */
export interface AmbiguousForm {
  form: string;
  /** Words that settle the meaning right beside it. */
  beside: readonly string[];
  /** Words that settle it for a form in capitals, also with one word between. */
  inCapitalsBeside: readonly string[];
}

export const TRADE_TERMS: readonly TradeTerm[] = [
  { id: 'push-button', forms: ['pb', 'push button', 'pushbutton'] },
  {
    id: 'emergency-stop',
    forms: ['e stop', 'estop', 'emergency stop', 'emergency off', 'emergency shutdown'],
  },
  {
    id: 'drive',
    forms: [
      'vfd',
      'drive',
      'vsd',
      'variable frequency drive',
      'variable speed drive',
      'adjustable frequency drive',
      'frequency converter',
      'frequency inverter',
      'ac drive',
      'inverter',
    ],
  },
  { id: 'digital-input', forms: ['di', 'digital input', 'discrete input'] },
  {
    id: 'digital-output',
    forms: ['dq', 'digital output', 'discrete output'],
    ambiguous: {
      form: 'do',
      beside: ['module', 'modules', 'card', 'cards', 'channel', 'channels', 'di', 'ai', 'ao'],
      inCapitalsBeside: ['output', 'outputs', 'point', 'points', 'terminal', 'wiring', 'dc'],
    },
  },
  { id: 'analog-input', forms: ['ai', 'analog input', 'analogue input'] },
  { id: 'analog-output', forms: ['ao', 'aq', 'analog output', 'analogue output'] },
  { id: 'analog', forms: ['analog', 'analogue'] },
  { id: 'input-output', forms: ['i o', 'io', 'input output'] },
  { id: 'normally-closed', forms: ['nc', 'n c', 'normally closed'] },
  {
    id: 'normally-open',
    forms: ['n o', 'normally open'],
    ambiguous: {
      form: 'no',
      beside: ['nc', 'contact', 'contacts'],
      inCapitalsBeside: [
        'nc',
        'contact',
        'contacts',
        ...'button pushbutton switch relay input sensor valve block auxiliary'.split(' '),
      ],
    },
  },
  {
    id: 'operator-panel',
    forms: ['hmi', 'human machine interface', 'operator panel', 'operator interface', 'touch panel'],
  },
  { id: 'organization-block', forms: ['ob', 'organization block', 'organisation block'] },
  { id: 'function-block', forms: ['fb', 'function block'] },
  { id: 'function-block-diagram', forms: ['fbd', 'function block diagram'] },
  { id: 'data-block', forms: ['db', 'data block'] },
  { id: 'structured-text', forms: ['scl', 'structured text', 'structured control language'] },
  { id: 'ladder', forms: ['lad', 'ladder', 'ladder logic', 'ladder diagram', 'relay ladder'] },
  { id: 'instruction-list', forms: ['stl', 'statement list', 'instruction list'] },
  { id: 'plc', forms: ['plc', 'programmable logic controller', 'programmable controller'] },
  { id: 'safe-torque-off', forms: ['sto', 'safe torque off'] },
  { id: 'power-supply', forms: ['psu', 'power supply'] },
  { id: 'overload', forms: ['ol', 'overload', 'overload relay', 'motor protection relay'] },
  { id: 'limit-switch', forms: ['ls', 'limit switch'] },
  { id: 'proximity-sensor', forms: ['prox', 'proximity sensor', 'proximity switch', 'inductive sensor'] },
  { id: 'photoelectric-sensor', forms: ['photoeye', 'photo eye', 'photocell', 'photoelectric sensor'] },
  { id: 'add-on-instruction', forms: ['aoi', 'add on instruction'] },
  { id: 'user-defined-type', forms: ['udt', 'user defined type', 'user defined data type'] },
  { id: 'high-speed-counter', forms: ['hsc', 'high speed counter'] },
  { id: 'pulse-width', forms: ['pwm', 'pulse width modulation'] },
  { id: 'closed-loop', forms: ['pid', 'closed loop control'] },
  { id: 'on-delay', forms: ['ton', 'on delay timer', 'on delay', 'timer on delay'] },
  { id: 'off-delay', forms: ['tof', 'off delay timer', 'off delay', 'timer off delay'] },
  {
    id: 'lockout',
    forms: ['loto', 'lockout tagout', 'lock out tag out', 'lock out', 'lock it out', 'lockout'],
  },
  { id: 'direct-current', forms: ['vdc', 'v dc'] },
  { id: 'alternating-current', forms: ['vac', 'v ac'] },
  { id: 'seal-in', forms: ['seal in', 'self holding', 'holding circuit', 'latching circuit'] },
  { id: 'thermocouple', forms: ['tc', 'thermocouple'] },
  { id: 'resistance-thermometer', forms: ['rtd', 'resistance thermometer', 'pt100'] },
  { id: 'allen-bradley', forms: ['allen bradley', 'rockwell', 'rockwell automation'], isPlace: true },
  { id: 'siemens', forms: ['siemens', 'simatic'], isPlace: true },
  { id: 'studio-5000', forms: ['studio 5000', 'rslogix 5000', 'logix designer'], isPlace: true },
  { id: 'tia-portal', forms: ['tia portal', 'tia'], isPlace: true },
  { id: 'profinet', forms: ['pn', 'profinet'] },
  { id: 'release', forms: ['release', 'let go', 'take my finger off'] },
  { id: 'hum', forms: ['hum', 'buzz', 'chatter'] },
  { id: 'shut-off', forms: ['shut off', 'shut down', 'trip', 'cut out', 'kick out', 'switch off'] },
  {
    id: 'keep-running',
    forms: [
      'keep running',
      'keep going',
      'keep on going',
      'keep on running',
      'will not stop',
      "won't stop",
      'does not stop',
      'does not stay',
    ],
  },
  {
    id: 'not-start',
    forms: [
      'will not start',
      "won't start",
      'wont start',
      'does not start',
      "doesn't start",
      'will not run',
      "won't run",
      'wont run',
      'will not turn',
      "won't turn",
      'wont turn',
      'does not run',
    ],
  },
  {
    id: 'not-reset',
    forms: ['will not reset', "won't reset", 'wont reset', 'does not reset', 'cannot reset', 'cant reset'],
  },
  { id: 'slow-down', forms: ['slow down', 'decelerate', 'deceleration', 'ramp down'] },
  { id: 'speed-up', forms: ['speed up', 'accelerate', 'acceleration', 'ramp up'] },
  {
    id: 'lose-memory',
    forms: [
      'lost program',
      'lost its program',
      'lost memory',
      'forgets',
      'lose program',
      'retentive',
      'retain',
    ],
  },
  {
    id: 'power-failure',
    forms: [
      'power failure',
      'power outage',
      'power cut',
      'blackout',
      'power loss',
      'power blip',
      'power cycle',
      'power cycling',
      'power interruption',
      'brownout',
    ],
  },
  { id: 'battery', forms: ['battery', 'batt'] },
  { id: 'replace', forms: ['replace', 'swap', 'exchange', 'change out', 'swap out'] },
  { id: 'defective', forms: ['defective', 'dead', 'broken', 'faulty', 'burnt out', 'burned out', 'blown'] },
  { id: 'ground', forms: ['ground', 'earth', 'grounding', 'earthing'] },
  {
    id: 'ground-fault',
    forms: ['ground fault', 'earth fault', 'earth leakage', 'ground leakage', 'leakage to earth'],
  },
  {
    id: 'insulation-test',
    forms: [
      'insulation test',
      'insulation resistance',
      'insulation tester',
      'megger',
      'meggering',
      'megohmmeter',
    ],
  },
  { id: 'multimeter', forms: ['multimeter', 'dmm', 'multi meter'] },
  { id: 'milliamp', forms: ['milliamp', 'milliamps', 'milliampere'] },
  { id: 'cpu', forms: ['cpu', 'processor'] },
  { id: 'major-fault', forms: ['major fault', 'processor fault', 'cpu fault', 'controller fault'] },
  { id: 'dual-channel', forms: ['two channels', 'dual channel', 'two channel', 'dual channels'] },
  {
    id: 'backward',
    forms: [
      'backwards',
      'wrong direction',
      'wrong way',
      'wrong way round',
      'direction of rotation',
      'reverse rotation',
    ],
  },
  { id: 'flash', forms: ['flash', 'blink', 'flicker'] },
  { id: 'led', forms: ['led', 'indicator light', 'light', 'lamp'] },
  { id: 'hot', forms: ['hot', 'overheat', 'overheating', 'overtemperature'] },
  { id: 'comes-on', forms: ['comes on', 'turns on', 'switches on', 'energise'] },
  { id: 'drop-out', forms: ['drop out', 'drops out', 'falls out', 'de-energise'] },
  { id: 'stuck', forms: ['stuck', 'jammed', 'weld', 'welded', 'seized'] },
  {
    id: 'bypass',
    forms: ['bypass', 'jumper', 'defeat', 'get round', 'get around', 'override', 'bridge out'],
  },
  { id: 'guard-door', forms: ['guard door', 'door switch', 'safety gate', 'safety door', 'gate switch'] },
  { id: 'conveyor', forms: ['conveyor', 'belt'] },
  { id: 'initialise', forms: ['initialise', 'initialisation', 'first scan', 'first pass'] },
  { id: 'bounce', forms: ['bounce', 'debounce', 'multiple triggers', 'double trigger'] },
  {
    id: 'suppression',
    forms: ['surge suppressor', 'flyback diode', 'freewheeling diode', 'snubber', 'suppression'],
  },
  {
    id: 'timeout',
    forms: [
      'timeout',
      'timed out',
      'time out',
      'loses connection',
      'connection lost',
      'drops connection',
      'loses communication',
    ],
  },
  {
    id: 'keying',
    forms: ['electronic keying', 'keying mismatch', 'device type', 'module mismatch', 'firmware mismatch'],
  },
  { id: 'as-interface', forms: ['as-i', 'asi', 'as-interface', 'actuator sensor interface'] },
  { id: 'soft-starter', forms: ['soft starter', 'softstarter', 'soft start'] },
  { id: 'servo', forms: ['servo', 'servo drive', 'servo amplifier'] },
  {
    id: 'safety-plc',
    forms: [
      'safety plc',
      'failsafe plc',
      'fail safe plc',
      'safety controller',
      'failsafe controller',
      'f-cpu',
      'guardlogix',
    ],
  },
  { id: 'profibus', forms: ['profibus', 'profibus dp'] },
];
