import { GrammyError, HttpError } from 'grammy/web';
import { describe, expect, it } from 'vitest';
import { TelegramWatch } from '../../../functions/local/polling/telegram-watch.ts';
import { TestClock } from '../../fixtures/test-clock.ts';

const silence = (): HttpError =>
  new HttpError(
    'Network request failed',
    Object.assign(new Error('connect ECONNREFUSED'), { syscall: 'connect' }),
  );
const answer = (code: number, description: string): GrammyError =>
  new GrammyError('x', { ok: false, error_code: code, description }, 'getUpdates', {});
const SHARED = 'Conflict: terminated by other getUpdates request';

function begin() {
  const clock = new TestClock();
  const lines: string[] = [];
  // Their time of day is of this machine's zone.
  const say = (line: string): void => void lines.push(line.replace(/^\d\d:\d\d:\d\d /, '@ '));
  return { clock, lines, watch: new TelegramWatch({ clock, say }) };
}

describe('trouble with Telegram while polling', () => {
  it('is reported once when it begins and once when it is over, with how long it took', () => {
    const { clock, lines, watch } = begin();
    for (let call = 0; call < 5; call += 1) {
      watch.failed(silence());
      clock.advance(20_800);
    }
    watch.answered();
    watch.answered();
    expect(lines).toEqual([
      '@ Telegram does not answer (connect ECONNREFUSED). Trying again until it does',
      '@ Telegram answers again after 104 s (5 calls had failed)',
    ]);
  });

  it('is reported again in a long outage', () => {
    const { clock, lines, watch } = begin();
    for (let minute = 0; minute <= 11; minute += 1) {
      watch.failed(answer(502, 'Bad Gateway'));
      clock.advance(60_000);
    }
    expect(lines).toEqual([
      '@ Telegram does not answer (502 Bad Gateway). Trying again until it does',
      '@ Telegram does not answer (502 Bad Gateway), for 300 s by now (6 calls)',
      '@ Telegram does not answer (502 Bad Gateway), for 600 s by now (11 calls)',
    ]);
  });

  it('degrades the health after three calls, or ten seconds, until Telegram answers', () => {
    const { clock, watch } = begin();
    watch.failed(silence());
    watch.failed(silence());
    expect(watch.reasons()).toEqual([]);
    watch.failed(silence());
    expect(watch.reasons()).toEqual([
      `Telegram does not answer this bot: since ${new Date(clock.wallMs()).toISOString()}, 3 calls failed`,
    ]);
    watch.answered();
    expect(watch.reasons()).toEqual([]);
    watch.failed(answer(401, 'Unauthorized'));
    clock.advance(10_000);
    expect(watch.reasons()).toEqual([expect.stringMatching(/^Telegram refuses this bot: since /)]);
  });

  it('is a conflict where another program polls, and not a silence', () => {
    const { clock, lines, watch } = begin();
    watch.failed(answer(409, SHARED));
    watch.answered();
    watch.failed(answer(409, SHARED));
    expect(lines).toEqual([`@ Another program has begun to poll with this token, going on: ${SHARED}`]);
    expect(watch.reasons()).toEqual([
      expect.stringMatching(/^another program polls with this bot’s token: since .*, 2 conflicts$/),
    ]);
    clock.advance(60_000);
    expect(watch.reasons()).toEqual([]);
  });
});
