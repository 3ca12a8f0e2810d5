import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import { BotProcess } from './bot-process.ts';
import { otherAddress } from './other-address.ts';
import { Questions } from './questions.ts';
import type { Ground, Way } from './ways.ts';

const TOKEN = '4700000001:two-starts-of-one-token';

export interface Tried {
  asked: number;
  twice: number;
  never: number;
  /** The promise that was broken, in words. */
  found?: string;
}

/**
 * @param options.root where the data folders are made; the user that starts a bot must be able to go there
 * @param options.template a data folder that each of them begins as, which saves the import of a first start
 */
export async function tryWay(
  way: Way,
  options: { program: string; root: string; template?: string },
): Promise<Tried> {
  const { program, root, template } = options;
  const server = await startBotApiServer({
    bots: { [TOKEN]: { id: 4700000001, username: 'two_starts_bot', first_name: 'T' } },
  });
  const elsewhere = await otherAddress(server.port);
  const questions = new Questions(server);
  const processes: BotProcess[] = [];
  const ground: Ground = {
    server,
    questions,
    folder: () => {
      const folder = mkdtempSync(join(root, 'folder-'));
      if (template !== undefined) cpSync(template, folder, { recursive: true });
      return folder;
    },
    elsewhere: elsewhere.url,
    start: (start) => {
      const { apiRoot } = server;
      const started = new BotProcess({ program, token: TOKEN, apiRoot, home: root, ...start });
      processes.push(started);
      return started;
    },
  };
  try {
    const found = await way.run(ground);
    await questions.settle();
    return { ...questions.count(), found };
  } catch (error) {
    return { ...questions.count(), found: error instanceof Error ? error.message : String(error) };
  } finally {
    questions.end();
    await Promise.all(processes.map((each) => each.end()));
    await elsewhere.close();
    await server.close();
  }
}
