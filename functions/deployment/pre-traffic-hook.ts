import { activateLayout } from '../lease/layout-change.ts';
import type { LeaseStore } from '../lease/lease-store.ts';
import type { TelegramSecrets } from '../settings/secrets.ts';
import { PROBE_SCOPE, probeOf, problemOf, type ProbeEvent, type ProbeResult } from './probe.ts';

export interface HookDeps {
  /** @throws SettingsError */
  secrets: () => Promise<TelegramSecrets>;
  leasesOf: (scope: string) => LeaseStore;
  /** Invokes the version that is to be tried. @throws Error of the invocation or of the function */
  invoke: (event: ProbeEvent) => Promise<ProbeResult>;
  nowMs: () => number;
}

/**
 * Sends one synthetic update through the new version, before it gets any traffic.
 * @returns the fault in it; `undefined`: there is none
 */
export async function probeVersion(deps: HookDeps): Promise<string | undefined> {
  try {
    const { botId, webhookSecret } = await deps.secrets();
    await activateLayout(deps.leasesOf(`${botId}${PROBE_SCOPE}`), 1);
    return problemOf(await deps.invoke(probeOf({ secretToken: webhookSecret, nowMs: deps.nowMs() })));
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
