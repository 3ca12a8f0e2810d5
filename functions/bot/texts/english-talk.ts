import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

const EXAMPLE = rich`<i>motor overload trips at start</i>`;

export const englishTalk: Texts['talk'] = {
  greeting: rich`👋 Hello! Tell me in a few words what the machine does or does not do, for example: ${EXAMPLE}`,
  thanks: rich`🙂 You are welcome. Stay safe.`,
  goodbye: rich`👋 Goodbye, and stay safe.`,
  identity: rich`🤖 I am a bot: no person reads along here. I look up what you ask in articles about PLCs and maintenance, and I say so when there is none. /help shows what I can do.`,
  ability: rich`🔧 I find articles about PLCs and maintenance. Write what the machine does or does not do, a fault code or a part number, for example: ${EXAMPLE}

/help shows all that I can do.`,
  followUp: rich`💬 I do not remember what was said before. Reply to the article or the list that you mean, or ask in a whole sentence, for example: ${EXAMPLE}`,
};
