import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

const EXAMPLE = rich`<i>motor overload trips at start</i>`;

export const germanTalk: Texts['talk'] = {
  greeting: rich`👋 Hallo! Sag mir in wenigen Worten, was die Maschine tut oder nicht tut, zum Beispiel: ${EXAMPLE}`,
  thanks: rich`🙂 Gern geschehen. Pass auf dich auf.`,
  goodbye: rich`👋 Bis bald, und pass auf dich auf.`,
  identity: rich`🤖 Ich bin ein Bot: Hier liest kein Mensch mit. Ich schlage deine Fragen in Artikeln zu SPS und Instandhaltung nach und sage es, wenn es keinen gibt. /help zeigt, was ich kann.`,
  ability: rich`🔧 Ich finde Artikel zu SPS und Instandhaltung. Schreib, was die Maschine tut oder nicht tut, einen Fehlercode oder eine Bestellnummer, zum Beispiel: ${EXAMPLE}

/help zeigt alles, was ich kann.`,
  followUp: rich`💬 Was vorher gesagt wurde, merke ich mir nicht. Antworte auf den Artikel oder die Liste, die du meinst, oder frag in einem ganzen Satz, zum Beispiel: ${EXAMPLE}`,
};
