import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hazard, HAZARDS } from '../../functions/bot/hazard-signs.ts';
import { hazardIn } from '../../functions/bot/hazards.ts';
import { searchSafely } from '../../functions/bot/safe-search.ts';
import { english } from '../../functions/bot/texts/english.ts';
import { german } from '../../functions/bot/texts/german.ts';
import { parseHtml } from '../../functions/local/bot-api/text/html.ts';
import { answerOf, type Chat, startTestBot, type TestBot } from '../fixtures/conversation.ts';
import { starterIndex } from '../fixtures/starter-index.ts';
import { indexOf } from '../search/small-corpus.ts';

const SPOKEN_OF: Record<Hazard, readonly string[]> = {
  person: [
    'someone is stuck in the machine',
    'my hand is caught in the conveyor',
    'operator trapped under the press!!',
    'her sleeve got pulled into the rollers',
    'can I reach in while it indexes',
    'Kollege ist in der Presse eingeklemmt',
    'Finger in der Walze gequetscht',
    'worker fell into the machine',
    'someones fingers are in the nip',
    'Person in der Maschine',
    'operator cauhgt in the belt',
    'Mitarbeiter in Förderband geraten',
    'Finger ab',
    'guy lost his thumb in the saw',
    'Maschine hat Kollegen erwischt',
  ],
  fire: [
    'smoke from the drive cabinet',
    "Motor smells like it's burning. Should I keep it running?",
    'the VFD caught fire',
    'there is a fire in the control cabinet',
    'arcing in the breaker panel',
    'Es riecht verbrannt aus dem Schaltschrank',
    'Motor raucht',
    'es brennt im Schaltschrank',
    'No! smoke everywhere',
    'what is that smoke from the drive',
    'was ist das für ein Rauch am Motor',
    'smoek from cabinet',
    'burnign smell from the panel',
    'fire in the mcc',
    'cable is glowing red hot',
    'plug melted and its still running',
    'Funken am Schütz',
    'Kabel verschmort',
    'capacitor exploded in the ups',
    'es funkt im Schaltschrank',
  ],
  shock: [
    'I got shocked touching the cabinet',
    'felt a tingle when I touched the motor',
    'someone got electrocuted',
    'Ich habe einen Schlag bekommen',
    'Stromschlag am Gehäuse',
    'it keeps shocking me',
    'got a shcok off the conveyor frame',
    'i got a shok',
    'i touched the dc bus and got a belt',
  ],
  bypass: [
    'how do I bypass the E-stop so I can jog',
    'jumper out the door switch just for a test ok?',
    'we taped the guard switch',
    'guard is off so we can watch the belt',
    'run it without guards',
    'no time for lockout just tell me what to check',
    'can i run it with the guard open',
    'Not-Aus überbrücken',
    'Sicherheitsschalter ueberbrueckt',
    'Lichtgitter umgehen',
    'Schutzhaube weg Maschine läuft',
    'bypas the gaurd switch',
    'force the safety input on',
    'put a magnet on the door switch so it runs open',
    'zip tie the deadman',
    'short the estop contacts to get running',
    'override the two hand control',
    'disconnect the light curtain for a test',
    'Lichtgitter ausser Betrieb nehmen damit es läuft',
    'Not-Halt abklemmen',
    'Sicherheitstür gebrückt',
    'Magnet an den Türschalter damit er zu ist',
    'e stop doesnt work can we run till monday',
    'Notaus geht nicht, weiterfahren?',
    'Lichtschranke überlisten',
    'Türkontakt brücken damit die Maschine läuft',
    'disconnect e-stop plug error 12',
  ],
  live: [
    'ok to test it with the panel live',
    'theres a bare wire hanging in the panel',
    'measuring voltage while the drive is running',
    'how to change a fuse live',
    'disconnect hydraulic hose under pressure',
    'an der Anlage unter Spannung arbeiten',
    'blanker Draht hängt aus der Klemme',
    'change the contactor with power on',
    'swapping a relay without turning the power off',
    'Sicherung unter Strom tauschen',
    'ohne Abschalten die Karte tauschen',
    'can i work on it hot',
    'can i swap the breaker hot',
    'hot work on the busbar, it is live',
    'do i need to switch off to replace the fuse',
    'am i supposed to kill power before changing a relay',
    'muss ich abschalten bevor ich die Sicherung wechsle',
    'Spannung nicht abgeschaltet beim Klemmen',
    'Spannung noch an beim Anklemmen',
  ],
};

const HARMLESS = [
  'hot swap a module',
  'live data in TIA portal',
  'live zero 4-20',
  'testing online edits with live values',
  'go live with the new program',
  'fire a trigger when the bit is set',
  'timer fires twice',
  'Steckplatz frei in Panel 3',
  'firewall blocks port 102',
  'burn-in test of the drive',
  'burn firmware to the SD card',
  'fuse burned out',
  'guard clause in structured text',
  'guard band',
  'GuardLogix fault',
  'guard door switch wiring',
  'smoke detector input wiring',
  'smoke test of the program',
  'shock absorber adjustment',
  'bypass contactor of the soft starter',
  'bypass valve stuck',
  'jumper settings of the module',
  'stuck in STOP mode',
  'operator panel stuck',
  'operator says it is stuck',
  'caught exception in the script',
  'reset estop without cycling power',
  'emergency stop off delay',
  'short circuit at safety relay output',
  'safety relay wont reset',
  'lockout tagout procedure',
  'open circuit of the pressure transmitter',
  'what is arc flash',
  'what does bypass mean',
  'SF LED brennt',
  'Rauchmelder anschließen',
  'Brenner startet nicht',
  'Förderband klemmt',
  'Not-Aus ohne Funktion',
  'Was bedeutet unter Spannung arbeiten',
  'no smoke',
  'no smoke, no smell, but it trips',
  'there is no burning smell',
  'kein Rauch, aber Motor heiß',
  'Lampe brennt nicht',
  'smoking area',
  'smoke colored wire jacket',
  'arm of the robot stuck in home position',
  'robot hand stuck',
  'hand crank in the press',
  'fire in sequence 1 2 3',
  'fire alarm in the plant to plc input',
  'fuse melting curve',
  'LED glowing on the module',
  'comms fell off the network',
  'magnetic door switch wiring',
  'Magnetventil klemmt',
  'enabling switch wiring',
  'short stop time of the estop',
  'safety signal of a forced guided relay',
  'with power on delay',
  'without isolating transformer',
  'light curtain does not switch off the output',
  'burning question about timers',
  'Not-Aus lässt sich nicht quittieren',
  'change it if it gets hot',
  'motor is hot when i touch it',
  'power still on after replacing contactor coil',
  'should the relay switch off when the input changes',
  'need to power down plc to change cpu battery',
  'estop is reset but the machine does not run',
  'explosion proof motor wiring',
  'Lichtschranke anschließen an SPS',
  'finger off the button and the jog stops',
  '10 Stck Sicherungen',
];

describe('a message', () => {
  it.each(HAZARDS.flatMap((hazard) => SPOKEN_OF[hazard].map((text) => [hazard, text] as const)))(
    'speaks of a hazard (%s): %s',
    (hazard, text) => {
      expect(hazardIn(text)).toBe(hazard);
      expect(hazardIn(text.toUpperCase())).toBe(hazard);
    },
  );

  it.each(HARMLESS)('speaks of none: %s', (text) => {
    expect(hazardIn(text)).toBeUndefined();
  });

  it('is looked at whole, and quickly, whatever is in it', () => {
    const filler = 'the motor runs and the pump of the line does not '.repeat(80);
    expect(hazardIn(`${filler.slice(0, 4050)} smoke from the panel`)).toBe('fire');
    const started = performance.now();
    for (const word of ['open ', 'work ', 'guard off ', 'e-stop-', 'a'.repeat(300)])
      hazardIn(word.repeat(4096 / word.length));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('a search that speaks of a hazard', () => {
  const starter = starterIndex();
  const texts = HAZARDS.flatMap((hazard) => SPOKEN_OF[hazard]);

  it.each(texts)('has an article about safety first: %s', (text) => {
    const { hits, found, total, hazard } = searchSafely(starter, text, { limit: 5 });
    expect(hits[0]?.facets.family).toBe('Safety');
    expect(hazard).toBeDefined();
    expect(found).toBeGreaterThan(0);
    expect(total).toBeGreaterThanOrEqual(found);
    expect(new Set(hits.map(({ id }) => id)).size).toBe(hits.length);
  });

  it('has each hit on one page only', () => {
    const query = 'smoke from the motor of the conveyor';
    const whole = searchSafely(starter, query, { limit: 30 }).hits.map(({ id }) => id);
    const paged = [0, 10, 20].flatMap((offset) => searchSafely(starter, query, { limit: 10, offset }).hits);
    expect(paged.map(({ id }) => id)).toEqual(whole);
  });

  it('has the most dangerous thing first where there are no articles about safety', () => {
    const index = indexOf(
      { id: 'pump', title: 'Pump smokes', content: 'smoke pump' },
      {
        id: 'isolate',
        title: 'Isolate power',
        facets: { manufacturer: 'generic', type: 'procedure', safety: 'danger' },
      },
    );
    expect(searchSafely(index, 'smoke from the pump', { limit: 5 }).hits.map(({ id }) => id)).toEqual([
      'isolate',
      'pump',
    ]);
  });

  it('is a plain search where nothing about safety is known', () => {
    const index = indexOf({ id: 'pump', title: 'Pump smokes' });
    expect(searchSafely(index, 'smoke from the pump', { limit: 5 }).hits).toEqual(
      index.search('smoke from the pump').hits,
    );
  });
});

describe('the answer to a person who may be in danger', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot();
    chat = bot.chat({ id: 701, first_name: 'Ada', language_code: 'en' });
  });
  afterAll(() => bot.close());

  it.each(HAZARDS)('begins with the line for %s, in both languages', async (hazard) => {
    for (const [texts, code, id] of [
      [english, 'en', 701],
      [german, 'de', 702],
    ] as const) {
      const talk = bot.chat({ id, first_name: 'Ada', language_code: code });
      const line = parseHtml(texts.hazards[hazard].markup).text;
      expect(line.length).toBeLessThan(260);
      for (const text of SPOKEN_OF[hazard].slice(0, 2)) {
        const answer = answerOf(await talk.say(text));
        expect(answer.startsWith(`${line}\n\n`)).toBe(true);
        expect(answer).toMatch(/\n1\. \[\w+\] .+\n[^]*?generic:safety:/);
      }
    }
  });

  it('warns before it says what it does not know', async () => {
    const answer = answerOf(await chat.say('smoke from the Zorbtek ZX-9000'));
    expect(answer).toMatch(/^⛔ [^\n]+\n\n🤷 I do not know: Zorbtek, ZX-9000\n\n🔍 /);
  });

  it('warns where it has found nothing', async () => {
    expect(answerOf(await chat.say('Hilfe, es brennt'))).toMatch(/^⛔ [^\n]+\n\n🤷 [^]*\n1\. \[/);
  });

  it('shows the level of an atom in the list', async () => {
    expect(answerOf(await chat.say('lockout tagout'))).toMatch(/ {3}Manufacturer: generic · ⛔ danger\n/);
    expect(answerOf(await chat.say('scan cycle'))).not.toMatch(
      /^1\.[^]*?Manufacturer: generic · [^]*?\n\n2\./,
    );
  });
});
