import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { startHttpFront } from '../../../functions/local/http-front.ts';
import { Activity } from '../../../functions/local/page/activity.ts';
import { pageAssets } from '../../../functions/local/page/assets.ts';
import type { Experiment } from '../../../functions/local/page/experiment/experiment.ts';
import { GuaranteeApi } from '../../../functions/local/page/guarantee-api.ts';
import { PageServer } from '../../../functions/local/page/page-server.ts';
import type { ParkedUpdates } from '../../../functions/local/page/parked-updates.ts';
import { Session } from '../../../functions/local/page/session.ts';
import { TelegramProxy } from '../../../functions/local/page/telegram-proxy.ts';
import type { HealthReport } from '../../../functions/status/report.ts';
import { TOKEN, ada, profile } from '../bot-api/parties.ts';

/** The page over a Bot API server without a bot behind it: a test is the bot, and says what it likes. */
export interface OpenChat {
  readonly server: BotApiServer;
  readonly activity: Activity;
  /** With the key. */
  readonly address: string;
  /** A call of the bot. @throws Error with Telegram's answer when it is refused */
  call: <T = unknown>(method: string, payload: object) => Promise<T>;
  close: () => Promise<void>;
}

export const BOB = { id: 200, first_name: 'Bob' } as const;
export const GROUP = { id: -1_000_000_000_500, type: 'supergroup', title: 'Night shift' } as const;

export async function openChat(
  options: { startExperiment?: () => Promise<Experiment> } = {},
): Promise<OpenChat> {
  const { startExperiment = () => Promise.reject(new Error('There is no experiment here')) } = options;
  const folder = mkdtempSync(join(tmpdir(), 'open-chat-'));
  const server = await startBotApiServer({ bots: { [TOKEN]: profile }, control: { secret: folder } });
  for (const person of [ada, BOB]) server.user(person);
  server.chat(GROUP);
  const activity = new Activity();
  const page = new PageServer({
    session: new Session(join(folder, 'page-key')),
    assets: await pageAssets(),
    telegram: new TelegramProxy({ apiRoot: server.apiRoot, secret: folder }),
    guarantee: new GuaranteeApi({
      bot: {
        username: profile.username,
        firstName: profile.first_name,
        isLocal: true,
        administrators: [BOB.id],
        canAppoint: false,
      },
      activity,
      health: async () => ({ status: 'running', reasons: [], lease: [] }) as unknown as HealthReport,
      parked: { list: async () => [] } as unknown as ParkedUpdates,
      deliverAgain: undefined,
      appoint: undefined,
      startExperiment,
    }),
  });
  const front = await startHttpFront({
    port: 0,
    receive: async () => ({ status: 200, headers: {}, body: '' }),
    health: async () => ({ status: 'running' }) as HealthReport,
    page,
  });
  return {
    server,
    activity,
    address: page.address(front.port),
    call: async (method, payload) => {
      const answer = await fetch(`${server.apiRoot}/bot${TOKEN}/${method}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(payload),
      });
      const { ok, result, description } = (await answer.json()) as Answer;
      if (!ok) throw new Error(`${method}: ${description}`);
      return result as never;
    },
    close: async () => {
      await front.close();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Answer {
  readonly ok: boolean;
  readonly result?: unknown;
  readonly description?: string;
}
