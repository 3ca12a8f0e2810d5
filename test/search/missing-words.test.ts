import { describe, expect, it } from 'vitest';
import { indexOf } from './small-corpus.ts';

const index = indexOf(
  {
    id: 'overload',
    title: 'Motor overload relay',
    content: 'The motor starter trips. The overload relay is 3RU2116.',
  },
  { id: 'cpu', title: 'CPU 1214C', content: 'Order number 6ES7 214-1AG40-0XB0; 1756-L71; scan cycle' },
);
const missingIn = (query: string): string[] => index.search(query).missing;

describe('a word that a query asks for and no document has', () => {
  it.each([
    ['powerflex motor trips', ['powerflex']],
    ['Motor of a PowerFlex, powerflex!', ['PowerFlex']],
    ['yaskawa V1000 motor', ['yaskawa', 'V1000']],
    ['motor (SM1222)?', ['SM1222']],
    ['motor 16#80C8', ['16#80C8']],
    ['6ES7 999-1AG40-0XB0', ['999-1AG40-0XB0']],
    ['manufacturer:siemens "motor overload" powerflex', ['powerflex']],
    ['Motor von Yaskawa', ['Yaskawa']],
    ['motor,yaskawa,3RU2116', ['yaskawa']],
    ['3RU2116;V1000', ['V1000']],
    ['motor/yaskawa/3RU2116', ['yaskawa']],
    ['CPU1214C(yaskawa)', ['yaskawa']],
    ['yaskawa“1756-L71”', ['yaskawa']],
    ['motor <b>V1000</b>', ['V1000']],
    ['1756-L99/B', ['1756-L99/B']],
    ['Motor 0,37kW', ['0,37kW']],
    ['motr overload', ['motr']],
  ])('%s: is named as it was typed', (query, missing) => {
    expect(missingIn(query)).toEqual(missing);
  });

  it.each([
    ['a word in another form', 'motors tripped'],
    ['a part number in another spelling', '6ES7214-1AG40-0XB0'],
    ['a part number that can be completed', '1756-L7 cpu'],
    ['a German word for one that is there', 'Motorschutzrelais'],
    ['a word with a particle that texts write apart', 'motor overtrip, tripout'],
    ['a function word', 'why does the motor trip'],
    ['an everyday word that says nothing about what is there', 'hello motor friend'],
    ['a filter', 'manufacturer:nobody motor'],
  ])('is not %s', (_what, query) => {
    expect(missingIn(query)).toEqual([]);
  });
});
