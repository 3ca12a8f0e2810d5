import { normalise } from '../search/folding.ts';

/** The kinds of talk that are no question about a machine, and get a person's answer instead of a search. */
export type Talk = 'greeting' | 'thanks' | 'goodbye' | 'identity' | 'ability' | 'followUp';

/** Said to somebody, or for politeness: the message is the same without. */
const FILLER =
  /^(?:there|again|all|everyone|everybody|team|guys|mate|friend|bot|robot|please|very|so|much|a|lot|for|your|the|help|that|it|dear|you|too|well|now|dir|euch|auch|sehr|fur|die|deine|hilfe|zusammen|alle|bitte|lieber|liebe|du|mal|noch|und|and|oh|ah|ok|okay|k|yes|yeah|alright|ja|gut|good|wow|great|super|toll|perfect|perfekt)$/;
const MAX_FILLERS = 6;

const PHRASES: Record<Talk, string> = {
  greeting: `hi|hello|hey|heya|hiya|howdy|yo|good morning|good afternoon|good evening|good day|morning|how are you|how is it going|hows it going|whats up|sup
    hallo|moin|moin moin|servus|guten morgen|guten tag|guten abend|gruss gott|gruezi|mahlzeit|wie geht es dir|wie gehts|na`,
  thanks: `thanks|thank you|thankyou|thx|ty|cheers|many thanks|much appreciated|that helped|that worked|it works now|nice|great|perfect|awesome|cool
    danke|danke schon|dankeschon|vielen dank|besten dank|herzlichen dank|merci|das hat geholfen|hat geholfen|hat geklappt|super|toll|prima|perfekt`,
  goodbye: `bye|bye bye|goodbye|good bye|see you|see ya|good night|later|tschuss|tschuess|ciao|auf wiedersehen|bis bald|bis morgen|gute nacht`,
  identity: `who are you|what are you|are you a bot|are you a robot|are you human|are you a human|are you real|are you a person|are you an ai|are you ai|are you chatgpt|whats your name|what is your name|who made you|who is this|who am i talking to
    wer bist du|was bist du|bist du ein bot|bist du ein mensch|bist du ein roboter|bist du eine ki|bist du echt|wie heisst du|wie ist dein name|wer hat dich gemacht`,
  ability: `what can you do|what do you do|what do you know|how do you work|how does this work|how does it work|how do i use you|how do i use this|how to use this|help me|help|can you help me|can you help|what can i ask|what can i ask you|commands
    was kannst du|was machst du|was weisst du|wie funktioniert das|wie funktionierst du|hilf mir|hilfe|kannst du mir helfen|kannst du helfen|was kann ich fragen|befehle`,
  followUp: `ok|okay|k|kk|yes|yep|yeah|no|nope|sure|right|why|why not|how|how so|what|and|so|more|tell me more|next|what next|so what next|and next|whats next|what now|now what|and now|and then|then what|go on|continue|what else|anything else|really|hm|hmm|the first one|the second one|the third one|the fourth one|the fifth one|the last one|this one|that one|it|same|both|none
    ja|nein|doch|warum|wieso|weshalb|wie|mehr|weiter|und jetzt|und dann|was jetzt|was nun|und weiter|was noch|noch was|sonst noch was|echt|aha|genau|das erste|das zweite|das dritte|das vierte|das funfte|das letzte|der erste|der zweite|der dritte|die erste|die zweite|die dritte|keins|alles klar|alles`,
};
const NUMBER = /^\d$/;

let known: ReadonlyMap<string, Talk> | undefined;

/** The kind of a message that is talk and nothing else; a question behind a greeting is a question. */
export function talkIn(text: string): Talk | undefined {
  known ??= new Map(
    (Object.keys(PHRASES) as Talk[]).flatMap((talk) =>
      PHRASES[talk].split(/[|\n]/).map((phrase): [string, Talk] => [phrase.trim(), talk]),
    ),
  );
  const words =
    normalise(text)
      .replace(/['’]/g, '')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const said = known.get(words.join(' '));
  if (said !== undefined) return said;
  if (words.length === 1 && NUMBER.test(words[0])) return 'followUp';
  return withFillers(words, known);
}

/** `thank you so much for your help`, `hey there bot`: the rest says nothing. */
function withFillers(words: readonly string[], phrases: ReadonlyMap<string, Talk>): Talk | undefined {
  for (let count = words.length - 1; count > 0 && words.length - count <= MAX_FILLERS; count--) {
    for (let from = 0; from + count <= words.length; from++) {
      const rest = [...words.slice(0, from), ...words.slice(from + count)];
      if (!rest.every((word) => FILLER.test(word) || phrases.get(word) === 'greeting')) continue;
      const said = phrases.get(words.slice(from, from + count).join(' '));
      if (said !== undefined && said !== 'followUp') return said;
    }
  }
  return undefined;
}

const ORDINALS: readonly RegExp[] = [
  /^(?:1st|first|erste[rns]?)$/,
  /^(?:2nd|second|zweite[rns]?)$/,
  /^(?:3rd|third|dritte[rns]?)$/,
  /^(?:4th|fourth|vierte[rns]?)$/,
  /^(?:5th|fifth|funfte[rns]?)$/,
];
const LAST = /^(?:last|letzte[rns]?)$/;
const POSITION = /^\d{1,2}$/;
/** Words that stand beside the number of an entry. */
const BESIDE_NUMBER =
  /^(?:please|bitte|open|show|give|take|me|the|number|no|nr|nummer|entry|article|result|one|i|mean|want|zeige?|offne|nimm|mir|ich|meine|will|den|die|das|der|eintrag|artikel|treffer)$/;

/** Which of a list a message means, by its number: `2`, `the second one`, `open number 2 please`, `das letzte`. */
export function choiceIn(text: string): number | 'last' | undefined {
  const words = normalise(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  const [word, ...more] = words.filter((one) => !BESIDE_NUMBER.test(one));
  if (word === undefined || more.length > 0) return undefined;
  if (LAST.test(word)) return 'last';
  if (POSITION.test(word)) return Number(word);
  const at = ORDINALS.findIndex((ordinal) => ordinal.test(word));
  return at < 0 ? undefined : at + 1;
}
