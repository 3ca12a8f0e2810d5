import type { Update } from 'grammy/types';
import type { HealthReport } from '../../status/report.ts';
import type { LedgerStore } from '../../lease/ledger-store.ts';
import type { BotApiServer } from '../bot-api/types.ts';
import type { Activity } from './activity.ts';
import { pageAssets } from './assets.ts';
import type { BotCommand } from './experiment/consumer-child.ts';
import { GuaranteeApi, type Appoint } from './guarantee-api.ts';
import type { GuaranteeState } from './guarantee-state.ts';
import { PageServer } from './page-server.ts';
import { ParkedUpdates } from './parked-updates.ts';
import { Session } from './session.ts';
import { TelegramProxy } from './telegram-proxy.ts';

/** A Telegram of the run's own, with the people who write to the bot there. */
export interface LocalTelegram {
  readonly server: BotApiServer;
  /** The secret of its users' side. */
  readonly secret: string;
  /** Gives somebody the rights of an administrator or takes them. Absent where `ADMIN_USER_IDS` decides. */
  readonly appoint: Appoint | undefined;
}

/**
 * The page of a local run, to be put into its HTTP front.
 * @throws Error when it cannot be built, or its key cannot be kept
 */
export async function openPage(options: {
  dataFolder: string;
  /** How the `bot` command is run: an experiment's consumers are started with it. */
  command: BotCommand;
  bot: GuaranteeState['bot'];
  /** Absent where the bot talks to the real Telegram. */
  local: LocalTelegram | undefined;
  activity: Activity;
  health: () => Promise<HealthReport>;
  ledger: LedgerStore;
  /** Hands an update to the bot as Telegram does, and says how that was answered. */
  deliver: (update: object) => Promise<string>;
}): Promise<PageServer> {
  const { dataFolder, command, bot, local, activity, health, ledger, deliver } = options;
  let last: Update | undefined;
  local?.server.subscribe((event) => {
    if (event.type === 'update-queued') last = event.update;
  });
  return new PageServer({
    session: Session.of(dataFolder),
    assets: await pageAssets(),
    telegram: local && new TelegramProxy({ apiRoot: local.server.apiRoot, secret: local.secret }),
    guarantee: new GuaranteeApi({
      bot,
      activity,
      health,
      parked: new ParkedUpdates({ ledger, deliver }),
      deliverAgain:
        local &&
        (async () => {
          if (last === undefined) throw new Error('No update has come yet: write to the bot first');
          await deliver(last);
        }),
      appoint: local?.appoint,
      startExperiment: async () => {
        const { Experiment } = await import('./experiment/experiment.ts');
        return Experiment.start(command);
      },
    }),
  });
}
