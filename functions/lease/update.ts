/** All that the protocol needs to know of a Telegram update; the rest is the handler's. */
export interface IncomingUpdate {
  /** Unique per bot, but not lasting: Telegram restarts it at random after a quiet week. */
  update_id: number;
}
