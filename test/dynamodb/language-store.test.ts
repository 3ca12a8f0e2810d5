import { expect, it } from 'vitest';
import { DynamoLanguageStore } from '../../functions/dynamodb/language-store.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

describeOnEveryStore('the language store', (store) => {
  it('keeps the last choice of each person and bot, until it is left to Telegram', async () => {
    const table = await store.freshTable();
    const languages = new DynamoLanguageStore({ ...table, botId: '42' });
    const ofOtherBot = new DynamoLanguageStore({ ...table, botId: '4' });
    expect(await languages.chosenBy(7)).toBeUndefined();
    await languages.choose({ userId: 7, code: 'en' });
    await languages.choose({ userId: 7, code: 'de' });
    expect(await languages.chosenBy(7)).toBe('de');
    expect([await languages.chosenBy(70), await ofOtherBot.chosenBy(7)]).toEqual([undefined, undefined]);
    await languages.choose({ userId: 7 });
    await languages.choose({ userId: 7 });
    expect(await languages.chosenBy(7)).toBeUndefined();
  });
});
