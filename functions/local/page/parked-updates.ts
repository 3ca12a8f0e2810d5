import type { LedgerStore } from '../../lease/ledger-store.ts';
import { revive } from '../../wiring/replay.ts';
import type { ParkedUpdate } from './guarantee-state.ts';

const MAX_SHOWN = 50;

/** The parked updates of one bot, and their replay. */
export class ParkedUpdates {
  readonly #ledger: LedgerStore;
  readonly #deliver: (update: object) => Promise<string>;

  /** `deliver` hands an update to the bot as Telegram does, and says how that was answered. */
  constructor(options: { ledger: LedgerStore; deliver: (update: object) => Promise<string> }) {
    this.#ledger = options.ledger;
    this.#deliver = options.deliver;
  }

  /** @throws StoreUnavailableError */
  async list(): Promise<ParkedUpdate[]> {
    const records = await this.#ledger.listDead({ limit: MAX_SHOWN });
    return records.map(({ updateId, status, attempts, error }) => ({
      updateId,
      status,
      attempts,
      error: error ?? null,
    }));
  }

  /**
   * @returns how the delivery was answered
   * @throws ReplayError, StoreUnavailableError
   */
  async replay(updateId: number): Promise<string> {
    return this.#deliver(await revive(this.#ledger, updateId));
  }
}
