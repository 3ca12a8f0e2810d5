/** The parts that a call of the bot passes on its way to the wire, in one module: bundled, it is the code of Lambda. */
export { Countdown } from '../../functions/lease/clock.ts';
export { Tenure, TenureOverError } from '../../functions/lease/tenure.ts';
export { judge } from '../../functions/telegram/judge.ts';
export { botForTenure } from '../../functions/telegram/tenure-bot.ts';
