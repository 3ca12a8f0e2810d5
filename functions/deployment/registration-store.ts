/** What registration remembers of itself. */
export interface RegistrationStore {
  /** Hash of the desired state that was last brought about; `undefined`: none ever was. @throws StoreUnavailableError */
  lastApplied(): Promise<string | undefined>;
  /** @throws StoreUnavailableError */
  recordApplied(hash: string): Promise<void>;
}
