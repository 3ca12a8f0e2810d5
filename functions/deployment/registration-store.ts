/** What a registration brought about. */
export interface Applied {
  /** Of the desired state. */
  hash: string;
  /** Chats that were given a menu of their own: the administrators'. */
  menuChatIds: readonly number[];
}

/** What registration remembers of itself. */
export interface RegistrationStore {
  /** The last one that was finished; `undefined`: none ever was. @throws StoreUnavailableError */
  lastApplied(): Promise<Applied | undefined>;
  /** @throws StoreUnavailableError */
  recordApplied(applied: Applied): Promise<void>;
}
