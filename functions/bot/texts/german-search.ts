import { rich } from '../../telegram/limits-html.ts';
import type { Texts } from './catalogue.ts';

export const germanSearch: Texts['search'] = {
  title: 'Suchergebnisse für',
  found: (count) => `${count.toLocaleString('de-DE')} Artikel gefunden`,
  manufacturer: 'Hersteller',
  hint: rich`💡 Mit /kb_get &lt;Artikel-ID&gt; liest du einen Artikel ganz`,
  filters: 'Filter',
  unknownFilter: ({ name, typed, known }) =>
    rich`⚠️ Kein Artikel hat ${name} „${typed}“, darum habe ich diesen Filter weggelassen. Es gibt: ${known}`,
  missing: (words) => rich`⚠️ Kommt hier nirgends vor: ${words}`,
  unknown: (words) =>
    rich`🤷 ${words === '' ? 'Dazu habe ich keinen passenden Artikel' : `Das kenne ich nicht: ${words}`}`,
  near: 'Am nächsten kommt:',
  about: 'Zuerst das, worauf du geantwortet hast, und was dazugehört:',
  cut: (characters) =>
    rich`✂️ Das war lang: Gesucht habe ich nach den ersten ${characters.toLocaleString('de-DE')} Zeichen.`,
  nothingFound: (query) => rich`🔍 Nichts gefunden für: ${query}

Versuch es mit weniger oder mit anderen (englischen) Wörtern, sag, was die Maschine tut oder nicht tut, oder lass Filter weg. /kb_stats zeigt, was die Wissensbasis enthält.`,
  didYouMean: (query) => `Meintest du: ${query}?`,
  staleKeyboard: 'Diese Tasten sind veraltet. Bitte such noch einmal.',
  freshSearch: 'Diese Tasten waren veraltet, darum habe ich neu gesucht.',
};
