import { afterEach, expect, it, vi } from 'vitest';
import { Telemetry } from '../../functions/telemetry/telemetry.ts';

afterEach(() => vi.restoreAllMocks());

it('strangers are counted without a line for each of them', () => {
  const lines: string[] = [];
  const take = (chunk: unknown): boolean => lines.push(...String(chunk).trimEnd().split('\n')) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  let nowMs = 0;
  const telemetry = new Telemetry({ logLevel: 'INFO', serviceName: 'test', nowMs: () => nowMs });
  const requests = (count: number): void => {
    for (let i = 0; i < count; i += 1) {
      telemetry.onProblem({ status: 401, reason: 'wrong or missing secret token' });
      telemetry.flush();
    }
  };
  requests(1);
  // The warning, and the metric: a secret that Telegram does not have shows at once.
  expect(lines).toHaveLength(2);
  requests(5_000);
  expect(lines).toHaveLength(2);
  nowMs += 60_000;
  requests(1);
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(told).toHaveLength(4);
  const counts = told.flatMap(({ requests, UnauthorizedRequests }) => requests ?? UnauthorizedRequests ?? []);
  expect(counts).toEqual([1, 1, 5_001, 5_001]);
});
