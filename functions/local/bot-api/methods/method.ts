import type { Arguments } from '../arguments.ts';
import type { Bot } from '../bot.ts';
import type { Telegram } from '../telegram.ts';

export interface MethodContext {
  readonly telegram: Telegram;
  readonly bot: Bot;
  readonly args: Arguments;
  /** Fires when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface MethodResult {
  readonly result: unknown;
  /** Words that some methods add to a success. */
  readonly description?: string | undefined;
}

/** A method of the Bot API. @throws ApiError */
export type Method = (context: MethodContext) => MethodResult | Promise<MethodResult>;
