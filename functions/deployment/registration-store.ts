/** The outcome of a finished registration. */
export interface Applied {
  /** The hash of the desired state. */
  hash: string;
  /** In force when the last one was prepared: where a rollback leads. */
  formerHash?: string;
  /** Chats that were given a menu of their own: the administrators'. */
  menuChatIds: readonly number[];
  /**
   * The hash of the menus and descriptions that Telegram took; absent where it refused one, so that the next
   * registration tries again.
   */
  profileHash?: string;
}

/** The memory of registration, from one to the next. */
export interface RegistrationStore {
  /** The last one that was finished; `undefined`: none ever was. @throws StoreUnavailableError */
  lastApplied(): Promise<Applied | undefined>;
  /** @throws StoreUnavailableError */
  recordApplied(applied: Omit<Applied, 'formerHash'>): Promise<void>;
  /** The desired state that was prepared last. @throws StoreUnavailableError */
  lastPrepared(): Promise<string | undefined>;
  /** The state that is in force now is the former one from then on. @throws StoreUnavailableError */
  recordPrepared(hash: string): Promise<void>;
}
