import { HEALTH_PATH } from '../http/paths.ts';
import { createReceiver } from '../http/receive.ts';
import { systemClock } from '../lease/clock.ts';
import type { Consumer } from '../lease/consumer.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import type { Foundation } from './foundation.ts';
import { startHttpFront, type HttpFront } from './http-front.ts';
import type { PageServer } from './page/page-server.ts';
import { Refusals } from './refusals.ts';
import type { Run } from './run-options.ts';

/** @throws PortInUseError */
export function openFront(
  { settings, say }: Run,
  served: {
    foundation: Foundation;
    secrets: TelegramSecrets;
    consumer: () => Pick<Consumer, 'consume'>;
    page: PageServer | undefined;
  },
): Promise<HttpFront> {
  const { foundation, secrets, consumer, page } = served;
  const refusals = new Refusals({ say, clock: systemClock });
  const receive = createReceiver({
    acceptedSecrets: async () => [secrets.webhookSecret, secrets.previousWebhookSecret],
    consumer: async () => consumer(),
    onAnswered: () => {},
    onProblem: ({ reason, error }) =>
      error instanceof Error ? say(`${reason}: ${error.stack}`) : refusals.refused(reason),
  });
  return startHttpFront({
    port: settings.port,
    host: settings.host,
    closeWithinMs: settings.handlerDeadlineMs + 2_000,
    receive: (request) => receive(request, settings.handlerDeadlineMs),
    health: foundation.health,
    ...(page && { page }),
  });
}

/** Says where the run answers, to people and to the commands of this machine. */
export function announce(
  { record, say, shown, terminal }: Run,
  front: HttpFront,
  page: PageServer | undefined,
): void {
  record({ state: 'running', port: front.port });
  shown.listensAt(front.port);
  say(`Health check endpoint: http://localhost:${front.port}${HEALTH_PATH}`);
  if (page !== undefined) say(`👉 Chat, and the guarantee at work: ${page.address(front.port)}`);
  say(terminal === undefined ? '✅ Bot is running' : '✅ Bot is running. Ctrl+C stops it.');
}
