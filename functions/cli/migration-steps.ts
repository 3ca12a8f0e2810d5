import { systemClock } from '../lease/clock.ts';
import { importAtoms } from '../knowledge/import.ts';
import { connectionsFor, readWebhook } from '../telegram/webhook-state.ts';
import { turnOn } from '../telegram/webhook-switch.ts';
import { publishingIn } from '../wiring/publishing.ts';
import { askHealth } from './health-probe.ts';
import { importLines } from './import-report.ts';
import { commandForThisBot } from './invocation.ts';
import { lostText, readLeases, standingHolder } from './lease-view.ts';
import { counted, grouped, type Output } from './output.ts';
import { knownProcesses, localHealthUrl } from './processes.ts';
import { progressDisplay } from './progress.ts';
import { patientTelegramOf } from './patient-telegram.ts';
import { protocolOf, telegramOf, withStore, withStoreIfAny, type Session } from './session.ts';
import type { Target } from './target.ts';
import { tokenUser } from '../telegram/token-user.ts';
import { describeHolder, processIdentity } from '../local/machine/process-identity.ts';

export interface MigrationContext {
  target: Target;
  output: Output;
  isDryRun: boolean;
}

export interface StepResult {
  /** False: the migration cannot go on. */
  ok: boolean;
  lines: string[];
}

const STOP_OLD = [
  'Stop the old bot, and whatever starts it again:',
  '  python bot_manager.py stop',
  '  nssm stop <service>, a scheduled task, a start-up script: disable them too',
];

/** Nobody else may consume, or updates would be answered twice or by the wrong bot. */
export async function tokenStep({ target }: MigrationContext): Promise<StepResult> {
  const { api, secrets } = await telegramOf(target);
  const me = await api.getMe();
  const own = await ownPoller(target, secrets.botId);
  if (own !== undefined) {
    return {
      ok: false,
      lines: [
        `Token of @${me.username}`,
        `❌ The bot of this ${target.deployment === undefined ? 'data folder' : 'table'} polls already: ${describeHolder(own)}`,
        `Stop it first: ${commandForThisBot('stop')}`,
      ],
    };
  }
  const { apiRoot } = target.settings.telegram;
  const user = await tokenUser({ token: secrets.token, apiRoot }, systemClock);
  const lines = [`Token of @${me.username}; ${grouped(user.pending)} updates wait at Telegram`];
  if (user.kind === 'nobody')
    return { ok: true, lines: [...lines, '✅ Nobody polls, and no webhook is set'] };
  if (user.kind === 'poller')
    return { ok: false, lines: [...lines, '❌ Another program polls with this token', ...STOP_OLD] };
  if (user.url === target.deployment?.webhookUrl)
    return { ok: true, lines: [...lines, '✅ Telegram delivers to this stack already'] };
  return {
    ok: false,
    lines: [
      ...lines,
      `❌ A webhook is set, at ${user.host}`,
      `If nobody needs that deployment any more: ${commandForThisBot('webhook delete')} (pending updates are kept)`,
    ],
  };
}

/** Known by its lease, without a look that costs it an error 409. */
async function ownPoller(target: Target, botId: string): Promise<string | undefined> {
  return withStoreIfAny(target, async (session) => {
    const { leases } = await readLeases(protocolOf(session, botId), session.identity.isDead);
    return standingHolder(leases);
  });
}

export async function importStep(
  { target, isDryRun }: MigrationContext,
  files: readonly string[] | undefined,
): Promise<StepResult> {
  const importing = async ({ store }: Session): Promise<StepResult> => {
    const publishing = publishingIn(store);
    if (files === undefined) {
      const atoms = (await publishing.store.readPointer({ consistent: true }))?.current.atoms ?? 0;
      const lines = [`No --from: the knowledge base stays as it is, ${counted(atoms, 'atom')}`];
      if (atoms === 0 && target.deployment !== undefined)
        return {
          ok: false,
          lines: [...lines, '❌ An empty one cannot answer: name the old export with --from'],
        };
      return { ok: true, lines };
    }
    const progress = progressDisplay();
    try {
      const report = await importAtoms({
        ...publishing,
        source: files,
        mode: 'merge',
        dryRun: isDryRun,
        onProgress: progress.show,
      });
      return { ok: true, lines: importLines(report) };
    } finally {
      progress.end();
    }
  };
  return withStore(target, importing, { ifMissing: isDryRun ? 'empty' : 'create' });
}

export async function switchStep({ target, isDryRun }: MigrationContext): Promise<StepResult> {
  const { webhookUrl, name } = target.deployment!;
  return withStore(target, async (session) => {
    const { api, secrets } = await patientTelegramOf(target);
    const { layout, lost, leases } = await readLeases(
      protocolOf(session, secrets.botId),
      session.identity.isDead,
    );
    if (lost !== undefined) return { ok: false, lines: [`❌ ${lostText(lost)}`] };
    if (layout === undefined)
      return { ok: false, lines: [`❌ ${name} was never registered: deploy it first`] };
    const polling = standingHolder(leases);
    if (polling !== undefined)
      return { ok: false, lines: [`❌ A bot polls over this table: stop ${describeHolder(polling)} first`] };
    const { pendingUpdateCount } = await readWebhook(api);
    const kept = `${grouped(pendingUpdateCount)} pending updates are kept, and delivered first`;
    if (isDryRun) return { ok: true, lines: [`Would set the webhook to ${webhookUrl}; ${kept}`] };
    const { botId, webhookSecret: secretToken } = secrets;
    const desired = { url: webhookUrl, secretToken, maxConnections: connectionsFor(layout.partitions) };
    await turnOn({ api, status: session.status, botId }, desired);
    return { ok: true, lines: [`✅ Webhook set to ${webhookUrl}; ${kept}`] };
  });
}

export async function startStep({ target, output, isDryRun }: MigrationContext): Promise<StepResult> {
  const service = `To keep it running: ${commandForThisBot('service install')}`;
  if (isDryRun) return { ok: true, lines: ['Would start the bot in the background', service] };
  const { startDetached } = await import('./detached.ts');
  await startDetached(target, {}, output);
  return { ok: true, lines: [service] };
}

export async function verifyStep({ target, isDryRun }: MigrationContext): Promise<StepResult> {
  const identity = processIdentity({ hostId: target.settings.hostId });
  const url = target.deployment?.healthUrl ?? localHealthUrl(target, knownProcesses(target, identity));
  if (isDryRun && target.deployment === undefined) return { ok: true, lines: [`Would ask ${url}`] };
  const health = await askHealth(url);
  if (!health.answered) return { ok: false, lines: [`❌ ${url} does not answer: ${health.reason}`] };
  const { report } = health;
  const lines = [
    `✅ ${url} answers: ${report.status}, version ${report.version}, ${counted(report.knowledge_base?.atoms ?? 0, 'atom')}`,
    ...report.reasons.map((reason) => `   ${reason}`),
  ];
  if (!isDryRun) lines.push('Write /kb_stats to the bot: it shows the same number.');
  return { ok: true, lines };
}
