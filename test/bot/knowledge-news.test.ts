import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdminNotes } from '../../functions/bot/admin-notes.ts';
import { KnowledgeNews } from '../../functions/bot/knowledge-news.ts';
import type { Pointer } from '../../functions/knowledge/store.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { ApiCall, BotApiServer, Fault } from '../../functions/local/bot-api/types.ts';

const TOKEN = '42:right';
/** An administrator who chose German. */
const GERMAN = 902;
const ADMINS = [900, 901];

describe('news of the knowledge base', () => {
  let server: BotApiServer;
  let toldRevision: number;
  beforeEach(async () => {
    server = await startBotApiServer({ bots: { [TOKEN]: { id: 42, username: 'b', first_name: 'B' } } });
    for (const id of ADMINS) server.user({ id, first_name: `Admin ${id}` });
    for (const id of ADMINS) server.sendMessage({ from: id, text: '/start' });
    toldRevision = 0;
  });
  afterEach(() => server.close());

  const look = async (adminUserIds = ADMINS): Promise<void> => {
    const telegram = { token: TOKEN, apiRoot: server.apiRoot };
    const news = new KnowledgeNews({
      readPointer: () => Promise.resolve({ revision: 7, current: { atoms: 10 } } as Pointer),
      store: {
        claim: (revision) => Promise.resolve(revision > toldRevision),
        recordTold: (revision) => Promise.resolve(void (toldRevision = revision)),
      },
      admins: new AdminNotes({
        telegram,
        settings: { adminUserIds },
        languages: { chosenBy: async (userId) => (userId === GERMAN ? 'de' : undefined) },
      }),
    });
    await news.look();
  };
  const meet = (fault: Fault, chats: readonly number[] = ADMINS): void => {
    const when = ({ payload }: ApiCall): boolean => chats.includes(Number(payload['chat_id']));
    server.fault({ fault, method: 'sendMessage', times: chats.length, when });
  };
  const notesTo = (id: number): number =>
    server.messages(id).filter(({ from }) => from?.is_bot === true).length;

  it.each<Fault>([
    { kind: 'internal-error' },
    { kind: 'bad-gateway' },
    { kind: 'reset' },
    { kind: 'too-many-requests', retryAfter: 60 },
  ])('that reached nobody goes out at the next look: $kind', async (fault) => {
    meet(fault);
    await look();
    expect(notesTo(900)).toBe(0);
    expect(toldRevision).toBe(0);
    await look();
    expect(ADMINS.map(notesTo)).toEqual([1, 1]);
    await look();
    expect(ADMINS.map(notesTo)).toEqual([1, 1]);
  });

  it('speaks to each administrator in the language that they chose', async () => {
    server.user({ id: GERMAN, first_name: 'Jana' });
    server.sendMessage({ from: GERMAN, text: '/start' });
    await look([900, GERMAN]);
    const last = (id: number) => server.messages(id).at(-1)?.text;
    expect(last(900)).toMatch(/^📚 A new version/);
    expect(last(GERMAN)).toMatch(/^📚 Eine neue Fassung|^📚 Eine neue Version/);
  });

  it('counts as told when one administrator at least was reached', async () => {
    meet({ kind: 'internal-error' }, [900]);
    await look();
    expect(toldRevision).toBe(7);
    expect(ADMINS.map(notesTo)).toEqual([0, 1]);
  });

  it('does not go out for ever to those who have blocked the bot, or have never written to it', async () => {
    meet({ kind: 'blocked' });
    await look();
    expect(toldRevision).toBe(7);
    toldRevision = 0;
    await look([555]);
    expect(toldRevision).toBe(7);
  });

  it('goes out again where one has blocked the bot and the other could not be reached', async () => {
    meet({ kind: 'blocked' }, [900]);
    meet({ kind: 'reset' }, [901]);
    await look();
    expect(toldRevision).toBe(0);
  });
});
