import { describe, expect, it } from 'vitest';
import { idsFor, indexOfTexts } from './small-corpus.ts';

const CHINESE = ['变频器过电压故障', '检查6ES7214-1AG40-0XB0模块和断路器', '更换水泵密封'];
const JAPANESE = ['インバータの過電圧', 'ブレーカーが落ちる'];
const THAI = ['มอเตอร์ไม่หมุน', 'เซ็นเซอร์ชำรุด'];

describe('scripts that put no space between words', () => {
  const index = indexOfTexts(
    ...CHINESE,
    ...JAPANESE,
    ...THAI,
    '모터가 돌지 않는다',
    'The motor does not start.',
  );

  it.each([
    ['变频器', CHINESE[0]],
    ['过电压', CHINESE[0]],
    ['断路器', CHINESE[1]],
    ['泵', CHINESE[2]],
    ['6ES7214-1AG40-0XB0', CHINESE[1]],
    ['インバータ', JAPANESE[0]],
    ['ブレーカー', JAPANESE[1]],
    ['ﾌﾞﾚｰｶｰ', JAPANESE[1]],
    ['มอเตอร์', THAI[0]],
    ['모터', '모터가 돌지 않는다'],
  ])('let %s find its text, and call nothing missing', (query, text) => {
    expect(idsFor(index, query)[0]).toBe(text);
    expect(index.search(query).missing).toEqual([]);
  });

  it('name what is missing as it was typed', () => {
    expect(index.search('松下变频器').missing).toEqual(['松下']);
    expect(index.search('电梯').missing).toEqual(['电梯']);
  });

  it('leave the words of other scripts beside them whole', () => {
    const mixed = indexOfTexts('24V控制电压', 'PLC使能信号');
    expect(idsFor(mixed, '24V')).toEqual(['24V控制电压']);
    expect(idsFor(mixed, 'PLC')).toEqual(['PLC使能信号']);
    expect(idsFor(mixed, '使能信号')).toEqual(['PLC使能信号']);
  });
});

describe('names made of function words', () => {
  const texts = [
    'AS-i: address a slave',
    'FOR loop in structured text',
    'AND block',
    'IT earthing of a machine',
    'Loop check of an analog input, as I was told for this block and its earthing',
  ] as const;
  const index = indexOfTexts(...texts);

  it.each([
    ['AS-i', texts[0]],
    ['"AS-i"', texts[0]],
    ['FOR loop', texts[1]],
    ['AND block', texts[2]],
    ['IT', texts[3]],
  ])('are found: %s', (query, text) => {
    expect(idsFor(index, query)[0]).toBe(text);
  });

  it('are not read into what is shouted, nor into a sentence', () => {
    expect(idsFor(index, 'as i said')).toEqual([]);
    expect(idsFor(index, 'WHAT IS THE LOOP FOR')[0]).toBe(idsFor(index, 'what is the loop for')[0]);
  });
});

describe('NO in capitals', () => {
  const normallyOpen = 'Normally open and normally closed';
  const dead = 'There is no voltage at the motor';
  const index = indexOfTexts(normallyOpen, dead);

  it.each(['NO voltage', 'there is NO power at the motor', 'el motor NO arranca'])(
    'is a stressed word where nothing beside it is a contact: %s',
    (query) => {
      expect(idsFor(index, query)).not.toContain(normallyOpen);
    },
  );

  it.each(['NO contact', 'NC or NO', 'NO push button', 'the contact is NO'])(
    'is normally open in %s',
    (query) => {
      expect(idsFor(index, query)).toContain(normallyOpen);
    },
  );
});

describe('codes', () => {
  const index = indexOfTexts(
    'Major fault type 4, code 20: array subscript too large',
    'Module fault 16#0204',
    'The display shows F012',
    'Order number 6ES7 214-1AG40-0XB0',
    'Two values, 0.05 and 5',
  );

  it.each([
    ['T04:C20', 'Major fault type 4, code 20: array subscript too large'],
    ['t04 c20', 'Major fault type 4, code 20: array subscript too large'],
    ['(Type 04) (Code 20)', 'Major fault type 4, code 20: array subscript too large'],
    ['16#204', 'Module fault 16#0204'],
    ['0x204', 'Module fault 16#0204'],
    ['0x0204', 'Module fault 16#0204'],
    ['F12', 'The display shows F012'],
    ['F0012', 'The display shows F012'],
    ['6ES7214-1AG40-0XB0', 'Order number 6ES7 214-1AG40-0XB0'],
  ])('have one form: %s', (query, text) => {
    expect(idsFor(index, query)[0]).toBe(text);
    expect(index.search(query).missing).toEqual([]);
  });

  it('keep the zeros that mean something', () => {
    expect(idsFor(indexOfTexts('0.5', '0.05'), '0.05')[0]).toBe('0.05');
  });
});

describe('letters that Unicode does not take apart', () => {
  it.each([
    ['aussen', 'außen am Gehäuse'],
    ['glowny', 'główny wyłącznik'],
    ['lozysko', 'łożysko silnika'],
    ['isitici', 'ısıtıcı arızası'],
    ['coeur', 'le cœur du système'],
    ['korer', 'motoren kører ikke'],
  ])('meet what is typed without them: %s', (query, text) => {
    expect(idsFor(indexOfTexts(text, 'something else'), query)).toEqual([text]);
  });
});

describe('British and American spelling', () => {
  it.each([
    ['colour', 'the color of a wire'],
    ['analogue', 'an analog signal'],
    ['centre', 'the center of a roller'],
    ['organise', 'how to organize blocks'],
    ['labelled', 'every cable is labeled'],
    ['analyse', 'to analyze a fault'],
    ['grey', 'a gray wire'],
  ])('are one: %s', (british, text) => {
    const index = indexOfTexts(text, 'something else');
    expect(idsFor(index, british)).toEqual([text]);
    expect(index.search(british).didYouMean).toBeUndefined();
  });

  it('does not part the words of one family', () => {
    const index = indexOfTexts('hours of precision and installation');
    for (const query of ['hour', 'precise', 'installed']) expect(idsFor(index, query)).toHaveLength(1);
  });
});
