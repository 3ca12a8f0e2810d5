import { afterEach, describe, expect, it, vi } from 'vitest';
import { METRICS } from '../../functions/telemetry/metric-names.ts';
import { Telemetry } from '../../functions/telemetry/telemetry.ts';

describe('an error of Telegram that is counted', () => {
  afterEach(() => vi.restoreAllMocks());

  const isCounted = (
    call: { errorCode?: number; answered: boolean; method?: string },
    as: string = METRICS.telegramErrors,
  ): boolean => {
    let written = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    });
    const telemetry = new Telemetry({ logLevel: 'SILENT', serviceName: 'test' });
    telemetry.onCall({ method: 'editMessageText', durationMs: 1, ...call });
    telemetry.flush();
    vi.restoreAllMocks();
    expect(written).toContain(METRICS.telegramCallTime);
    return written.includes(as);
  };

  it.each([401, 404, 409, 429, 500, 502])('is a %i, which any call would get', (errorCode) => {
    expect(isCounted({ errorCode, answered: true })).toBe(true);
  });

  it('is a call without an answer', () => {
    expect(isCounted({ answered: false })).toBe(true);
  });

  it.each([undefined, 400, 403, 413])(
    'is not a %s: a button pressed twice or a bot that was blocked wakes nobody',
    (errorCode) => {
      expect(isCounted({ errorCode, answered: true })).toBe(false);
    },
  );

  it.each([
    ['sendMessage', 403, true],
    ['sendMessage', 400, false],
    ['sendChatAction', 403, false],
  ])('takes %s answered %i for a forbidden answer: %s', (method, errorCode, isForbidden) => {
    expect(isCounted({ method, errorCode, answered: true }, METRICS.answersRefused)).toBe(isForbidden);
  });
});
