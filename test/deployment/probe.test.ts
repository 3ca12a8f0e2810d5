import { describe, expect, it } from 'vitest';
import { isProbe, probeOf, problemOf } from '../../functions/deployment/probe.ts';
import { recordedTelegram } from '../../functions/deployment/recorded-telegram.ts';

const good = { status: 200, body: '{"outcome":"done"}', calls: ['sendChatAction', 'sendMessage'] };

describe('the probe of a new version', () => {
  it('looks like nothing that API Gateway hands on, whose keys no stranger chooses', () => {
    expect(isProbe(probeOf({ secretToken: 's', nowMs: 1 }))).toBe(true);
    const body = JSON.stringify(probeOf({ secretToken: 's', nowMs: 1 }));
    expect(
      isProbe({ version: '2.0', headers: { probe: body }, queryStringParameters: { probe: body }, body }),
    ).toBe(false);
  });

  it('passes when the update was handled and somebody would have got an answer', () => {
    expect(problemOf(good)).toBeUndefined();
  });

  it.each([
    [{ ...good, status: 503 }, /answered 503/],
    [{ ...good, status: 401 }, /answered 401/],
    [{ ...good, body: '{"outcome":"duplicate"}' }, /not handled/],
    [{ ...good, calls: [] }, /nobody would have got an answer; calls: none/],
  ])('does not pass with %j', (result, problem) => {
    expect(problemOf(result)).toMatch(problem);
  });

  it('is another update each time', () => {
    const [first, second] = [1, 2].map((nowMs) => probeOf({ secretToken: 's', nowMs }).probe.update);
    expect(first).not.toBe(second);
  });
});

describe('the recorded Bot API', () => {
  it('remembers methods and no token, and says yes', async () => {
    const telegram = recordedTelegram(() => 5_000);
    const response = await telegram.fetch('https://api.telegram.org/bot1:secret/sendMessage');
    expect(await response.json()).toMatchObject({ ok: true, result: { date: 5 } });
    await telegram.fetch(new URL('https://api.telegram.org/bot1:secret/answerCallbackQuery'));
    expect(telegram.calls).toEqual(['sendMessage', 'answerCallbackQuery']);
  });
});
