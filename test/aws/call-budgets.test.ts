import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CALL_BUDGETS, longestCallMs, SIGNED_CALL } from '../../functions/aws/call-budgets.ts';
import { PROBE_TIMEOUT_MS } from '../../functions/cli/health-probe.ts';
import { STOP_RESERVE_MS } from '../../functions/cli/stop-local.ts';
import { LOOK_LIMIT_MS } from '../../functions/deployment/watchdog-round.ts';
import { OWNER_PATIENCE_MS } from '../../functions/local/store/embedded-store.ts';
import { LAST_STEP_MS } from '../../functions/registration/handler.ts';
import { readSettings } from '../../functions/settings/settings.ts';
import { HEALTH_WITHIN_MS } from '../../functions/status/check.ts';
import { HEALTH_TIMEOUT_MS } from '../../functions/wiring/watchdog.ts';
import { localClient } from '../fixtures/dynamodb-endpoints.ts';

const { handlerDeadlineMs } = readSettings({});

describe('the longest call', () => {
  it.each<[keyof typeof CALL_BUDGETS, number, number]>([
    ['update', 2, handlerDeadlineMs],
    ['health', 1, HEALTH_WITHIN_MS],
    ['watchdog', 3, LOOK_LIMIT_MS],
    ['registration', 1, LAST_STEP_MS],
    ['overInternet', 1, handlerDeadlineMs],
    ['ownMachine', 1, handlerDeadlineMs + STOP_RESERVE_MS],
    ['ownerAlive', 1, OWNER_PATIENCE_MS],
  ])('with the budget of %s fits %i times into the %i ms of its caller', (caller, times, deadlineMs) => {
    expect(times * longestCallMs(CALL_BUDGETS[caller])).toBeLessThan(deadlineMs);
  });

  it('is that of a signed call where the secrets are read for an update', () => {
    expect(2 * longestCallMs(CALL_BUDGETS.update) + SIGNED_CALL.withinMs).toBeLessThan(handlerDeadlineMs);
  });

  describe('with pauses', () => {
    afterEach(() => vi.restoreAllMocks());

    it('makes them as the SDK makes them at their longest', async () => {
      vi.spyOn(Math, 'random').mockReturnValue(1);
      const timers = vi.spyOn(globalThis, 'setTimeout');
      const client = localClient('http://127.0.0.1:1', { attempts: 3 });
      await expect(client.send(new DescribeTableCommand({ TableName: 't' }))).rejects.toThrow();
      const delays = timers.mock.calls.map(([, delayMs = 0]) => delayMs);
      const pausesMs = longestCallMs({ attempts: 3, connectMs: 0, answerMs: 0 });
      expect(pausesMs).toBe(75);
      expect(delays.filter((delayMs) => [25, 50].includes(delayMs))).toEqual([25, 50]);
      client.destroy();
    });
  });
});

describe('a health check', () => {
  it('ends before anybody who asks gives it up', () => {
    expect(HEALTH_WITHIN_MS).toBeLessThan(Math.min(PROBE_TIMEOUT_MS, HEALTH_TIMEOUT_MS));
  });
});
