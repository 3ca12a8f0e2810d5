import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

export const englishLanguage: Texts['language'] = {
  ownName: 'English',
  otherNames: ['englisch', 'anglais', 'inglés', 'inglese'],
  automaticWords: ['auto', 'automatic', 'telegram', 'default', 'off'],
  automatic: '🌐 As Telegram says',
  question: ({ isChosen }) =>
    rich`🌐 I speak English to you, ${isChosen ? 'as you chose' : 'as Telegram tells me'}. Which language shall I speak?

The articles stay in the language that they are written in.`,
  unknown: (typed) => rich`🌐 I do not speak <b>${typed}</b>. These I do:`,
  chosen: '🌐 From now on I speak English to you, in every chat. /language auto leaves it to Telegram again.',
  asTelegramSays: '🌐 From now on I speak the language that Telegram tells me. It says: English.',
  ofAPerson: rich`🌐 A language is a person’s choice, and you wrote on behalf of a chat. Write under your own name.`,
};
