import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

export const englishSearch: Texts['search'] = {
  title: 'Search Results for',
  found: (count) => `Found ${count.toLocaleString('en-US')} atom(s)`,
  manufacturer: 'Manufacturer',
  hint: rich`💡 Use /kb_get &lt;atom_id&gt; for full details`,
  filters: 'Filters',
  unknownFilter: ({ name, typed, known }) =>
    rich`⚠️ No article has ${name} “${typed}”, so I left that filter out. Known: ${known}`,
  missing: (words) => rich`⚠️ Nothing here mentions: ${words}`,
  unknown: (words) =>
    rich`🤷 ${words === '' ? 'I have no article that answers this' : `I do not know: ${words}`}`,
  near: 'The nearest that I have:',
  about: 'What you replied to and what is near it come first:',
  cut: (characters) =>
    rich`✂️ That was long: I searched for its first ${characters.toLocaleString('en-US')} characters.`,
  nothingFound: (query) => rich`🔍 No article found for: ${query}

Try fewer or other words, say what the machine does or does not do, or leave out filters. /kb_stats shows what the knowledge base holds.`,
  didYouMean: (query) => `Did you mean: ${query}?`,
  staleKeyboard: 'These buttons are out of date. Please search again.',
  freshSearch: 'These buttons were out of date, so here is a fresh search.',
};
