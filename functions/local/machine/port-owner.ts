import { HEALTH_PATH } from '../../http/paths.ts';
import type { HealthReport } from '../../status/report.ts';

/** A bot of this program, as its own health tells of it. */
export interface PortOwner {
  pid: number;
  /** `@name`, or that it is not on Telegram. */
  bot: string;
  dataFolder: string;
}

/** Longer than a health check takes that meets a silent store. */
const ASK_FOR_MS = 5_000;

/** Asks the process that listens at a port of this machine; `undefined` unless it is a bot of this program. */
export async function botAt(port: number, host: string): Promise<PortOwner | undefined> {
  const name = host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${port}${HEALTH_PATH}`, {
      signal: AbortSignal.timeout(ASK_FOR_MS),
      redirect: 'error',
    });
    const told = (await response.json()) as Partial<HealthReport>;
    const { pid, bot, data_folder: dataFolder } = told;
    if (typeof pid !== 'number' || !isPlain(bot) || !isPlain(dataFolder)) return undefined;
    return { pid, bot, dataFolder };
  } catch {
    return undefined;
  }
}

/** Another user's program may answer whatever it likes, and a terminal obeys control characters. */
function isPlain(told: unknown): told is string {
  return typeof told === 'string' && !/\p{Cc}/u.test(told);
}
