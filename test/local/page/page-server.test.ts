import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { startHttpFront, type HttpFront } from '../../../functions/local/http-front.ts';
import { Activity } from '../../../functions/local/page/activity.ts';
import { GuaranteeApi } from '../../../functions/local/page/guarantee-api.ts';
import { PageServer } from '../../../functions/local/page/page-server.ts';
import type { ParkedUpdates } from '../../../functions/local/page/parked-updates.ts';
import { Session } from '../../../functions/local/page/session.ts';
import { TelegramProxy } from '../../../functions/local/page/telegram-proxy.ts';
import type { HealthReport } from '../../../functions/status/report.ts';
import { TOKEN, ada, profile } from '../bot-api/parties.ts';

const SECRET = 'of the users';

let folder: string;
let server: BotApiServer;
let front: HttpFront;
let session: Session;
let activity: Activity;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'page-'));
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, control: { secret: SECRET } });
  server.user(ada);
  session = new Session(join(folder, 'page-key'));
  activity = new Activity();
  const page = new PageServer({
    session,
    assets: { script: 'script', style: 'style' },
    telegram: new TelegramProxy({ apiRoot: server.apiRoot, secret: SECRET }),
    guarantee: new GuaranteeApi({
      bot: { username: 'x_bot', firstName: 'X', isLocal: true, administrators: [], canAppoint: false },
      activity,
      health: async () => ({ status: 'running' }) as HealthReport,
      parked: { list: async () => [] } as unknown as ParkedUpdates,
      deliverAgain: undefined,
      appoint: undefined,
      startExperiment: async () => {
        throw new Error('not in this test');
      },
    }),
  });
  front = await startHttpFront({
    port: 0,
    receive: async () => ({ status: 200, headers: {}, body: '' }),
    health: async () => ({ status: 'running' }) as HealthReport,
    page,
  });
});

afterEach(async () => {
  await front.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number | undefined;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

function ask(path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request({ host: '127.0.0.1', port: front.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const cookie = (): string => session.cookieFor(front.port).split(';')[0]!;
const acting = (): Record<string, string> => ({ cookie: cookie(), 'x-page-token': session.actionToken });
const write = JSON.stringify({ from: ada.id, text: 'hello' });

describe('the key', () => {
  test('is kept in a file that only its owner can read', () => {
    const file = join(folder, 'page-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(session.key);
    expect(new Session(file).key).toBe(session.key);
  });

  test('opens the page and becomes a cookie', async () => {
    const opened = await ask(`/?key=${session.key}`);
    expect(opened.status).toBe(200);
    expect(String(opened.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    expect(opened.body).toContain(session.actionToken);
    expect((await ask('/', { cookie: cookie() })).status).toBe(200);
  });

  test('is missed in words, with nothing of the page told', async () => {
    for (const path of ['/', '/?key=wrong', `/?key=${session.key}x`]) {
      const locked = await ask(path);
      expect(locked.status).toBe(401);
      expect(locked.body).toContain('Open the address that the bot printed');
      expect(locked.body).not.toContain(session.actionToken);
      expect(locked.headers['set-cookie']).toBeUndefined();
    }
  });
});

describe('an act', () => {
  test('reaches the users’ side of the Bot API server', async () => {
    const sent = await ask('/page/telegram/sendMessage', acting(), write);
    expect(sent.status).toBe(200);
    expect(server.messages(ada.id).map(({ text }) => text)).toEqual(['hello']);
  });

  test('needs the cookie and the token that the page holds', async () => {
    const { cookie: own, 'x-page-token': token } = acting();
    expect((await ask('/page/telegram/sendMessage', {}, write)).status).toBe(401);
    expect((await ask('/page/telegram/sendMessage', { 'x-page-token': token! }, write)).status).toBe(401);
    expect((await ask('/page/telegram/sendMessage', { cookie: own! }, write)).status).toBe(403);
    expect(server.messages(ada.id)).toEqual([]);
  });

  test('is refused to a page of another origin, and under another name of this machine', async () => {
    const { port } = front;
    const strange: Record<string, string>[] = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { host: `evil.example:${port}` },
      { host: `evil.example:${port}`, origin: `http://evil.example:${port}` },
    ];
    for (const headers of strange) {
      expect((await ask('/page/telegram/sendMessage', { ...acting(), ...headers }, write)).status).toBe(403);
    }
    expect(server.messages(ada.id)).toEqual([]);
  });

  test('of more than 45 MB is refused before it is read', async () => {
    const headers = { ...acting(), 'content-length': String(70 * 1024 * 1024) };
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const path = '/page/telegram/sendDocument';
      const asked = request({ host: '127.0.0.1', port: front.port, path, method: 'POST', headers });
      asked.on('response', (response) => resolve(response.resume().statusCode));
      asked.on('error', reject);
      asked.write('{');
    });
    expect(answer).toBe(413);
  });
});

test('scripts and styles come from the page’s own files alone', async () => {
  const { headers } = await ask(`/?key=${session.key}`);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain('unsafe');
  expect(headers['access-control-allow-origin']).toBeUndefined();
  const script = await ask('/page/main.js');
  const again = await ask('/page/main.js', { 'if-none-match': String(script.headers['etag']) });
  expect([script.status, again.status]).toEqual([200, 304]);
});

test('the health and the webhook stay where they are', async () => {
  expect((await ask('/health')).body).toBe('{"status":"running"}');
  expect((await ask('/nothing')).status).toBe(404);
  expect((await ask('/page/nothing', acting())).status).toBe(404);
});

test('a stream of the page ends with the front, and holds nothing up', async () => {
  activity.record({ type: 'process', atMs: 1, process: 'a', what: 'started' });
  const stream = await fetch(`http://127.0.0.1:${front.port}/page/guarantee/events`, {
    headers: { cookie: cookie() },
  });
  await front.close();
  expect(await stream.text()).toContain('"what":"started"');
});
