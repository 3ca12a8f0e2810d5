/** The language that a person chose for the bot's words, by the code that `texts/texts.ts` has it under. */
export interface LanguageStore {
  /**
   * @param signal when the answer is of no use any more
   * @returns `undefined` for somebody who leaves it to Telegram
   * @throws StoreUnavailableError
   */
  chosenBy(userId: number, signal?: AbortSignal): Promise<string | undefined>;
  /**
   * Chosen again it changes nothing.
   * @param choice.code absent: as Telegram says
   * @throws StoreUnavailableError
   */
  choose(choice: { userId: number; code?: string; signal?: AbortSignal }): Promise<void>;
}
