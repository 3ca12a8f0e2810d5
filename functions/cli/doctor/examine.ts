import { LOCAL_NAME } from '../../local/local-bot.ts';
import { hasToken } from '../../settings/secrets.ts';
import { isSupportedNode, NODE_20_UNTIL, unsupportedNode } from '../../settings/supported-node.ts';
import { explain } from '../explain.ts';
import { withStore } from '../session.ts';
import { resolveTarget, type Target, type TargetOptions } from '../target.ts';
import { variablesFileOf } from '../variables-file.ts';
import { checkEndpoints } from './endpoint-checks.ts';
import { checkLocalBot } from './local-checks.ts';
import { checkClock, checkKnowledge, checkLease } from './store-checks.ts';
import { checkTelegram } from './telegram-checks.ts';
import { failed, ok, warning, type Verdict } from './verdict.ts';

/** Every check that can be made; one that fails keeps no other from being made, unless it needs it. */
export async function examine(
  options: TargetOptions,
  environment: Record<string, string | undefined>,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [checkNode(), ...checkVariables(environment)];
  const target = await attempt(verdicts, 'Configuration', () => resolveTarget(options, environment));
  if (target === undefined) return verdicts;
  verdicts.push(checkConfiguration(target));
  if (target.deployment !== undefined) verdicts.push(...(await checkEndpoints(target)));
  if (target.hasStore) {
    await attempt(verdicts, 'Store', () =>
      withStore(target, async (session) => {
        verdicts.push(ok('Store', session.store.description));
        for (const check of [checkClock, checkLease, checkKnowledge])
          verdicts.push(...(await check(session)));
        if (target.deployment === undefined) verdicts.push(...(await checkLocalBot(target, session)));
        verdicts.push(...(await checkTelegram(target, session)));
      }),
    );
  } else
    verdicts.push(...(await checkLocalBot(target, undefined)), ...(await checkTelegram(target, undefined)));
  return verdicts;
}

async function attempt<T>(verdicts: Verdict[], check: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    const text = explain(error, { args: process.argv.slice(2), debug: false }).replace(/^❌ /, '');
    verdicts.push(failed(check, 'it does not work', text));
    return undefined;
  }
}

function checkNode(): Verdict {
  const { node } = process.versions;
  if (!isSupportedNode(node)) return failed('Node.js', node, unsupportedNode(node));
  return ok('Node.js', node.startsWith('20.') ? `${node}, which is supported until ${NODE_20_UNTIL}` : node);
}

function checkVariables(environment: Record<string, string | undefined>): Verdict[] {
  const file = variablesFileOf(environment);
  if (file === undefined) return [];
  const { path, names, isOpen } = file;
  if (isOpen) return [warning('Variables', `other users may read ${path}`, `chmod 600 ${path}`)];
  return [ok('Variables', `${path}: ${names.join(', ') || 'none of this program’s'}`)];
}

function checkConfiguration({ settings, deployment }: Target): Verdict {
  if (deployment !== undefined) return ok('Configuration', deployment.name);
  if (!hasToken(settings)) {
    return warning(
      'Configuration',
      `no bot token is set: the bot is ${LOCAL_NAME}; data folder ${settings.dataFolder}`,
      'Set TELEGRAM_BOT_TOKEN to the token that @BotFather shows, e.g. in a file .env of the current folder',
    );
  }
  const users = settings.allowedUserIds.length;
  return ok(
    'Configuration',
    `a token; ${users === 0 ? 'everybody is' : `${users} users are`} served; data folder ${settings.dataFolder}`,
  );
}
