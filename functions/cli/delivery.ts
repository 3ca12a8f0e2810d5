import { SECRET_HEADER } from '../http/receive.ts';
import { livingProcesses, localHealthUrl } from './processes.ts';
import { secretsOf, type Session } from './session.ts';

const TIMEOUT_MS = 35_000;

/** Hands an update to the one consumer as Telegram would: through the webhook endpoint, with the secret. */
export async function deliver(
  { target, identity }: Session,
  update: object,
): Promise<{ settled: boolean; answer: string }> {
  const { webhookSecret } = await secretsOf(target);
  const local = localHealthUrl(target, livingProcesses(target, identity)).replace(
    /\/health$/,
    '/telegram/webhook',
  );
  const url = target.deployment?.webhookUrl ?? local;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [SECRET_HEADER]: webhookSecret },
      body: JSON.stringify(update),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    const text = await response.text();
    return { settled: response.ok, answer: `HTTP ${response.status} ${text.slice(0, 200)}`.trim() };
  } catch (error) {
    const { name, cause } = error as Error;
    return { settled: false, answer: (cause as NodeJS.ErrnoException | undefined)?.code ?? name };
  }
}
