import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

export const germanLanguage: Texts['language'] = {
  ownName: 'Deutsch',
  otherNames: ['german', 'allemand', 'alemán', 'tedesco'],
  automaticWords: ['automatisch', 'wie telegram', 'zurück', 'standard', 'aus'],
  automatic: '🌐 Wie Telegram es sagt',
  question: ({ isChosen }) =>
    rich`🌐 Ich spreche Deutsch mit dir, ${isChosen ? 'wie du es gewählt hast' : 'wie Telegram es mir sagt'}. Welche Sprache soll ich sprechen?

Die Artikel bleiben in der Sprache, in der sie geschrieben sind.`,
  unknown: (typed) => rich`🌐 <b>${typed}</b> spreche ich nicht. Diese Sprachen kann ich:`,
  chosen:
    '🌐 Ab jetzt spreche ich Deutsch mit dir, in jedem Chat. /language auto überlässt es wieder Telegram.',
  asTelegramSays: '🌐 Ab jetzt spreche ich die Sprache, die Telegram mir sagt. Das ist: Deutsch.',
  ofAPerson: rich`🌐 Eine Sprache wählt eine Person, und du hast im Namen eines Chats geschrieben. Schreib unter deinem eigenen Namen.`,
};
