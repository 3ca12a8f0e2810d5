/** How a consumer of an experiment is. */
export type ConsumerState = 'starting' | 'running' | 'frozen' | 'dead';

/** An experiment as the page shows it. */
export interface ExperimentState {
  readonly consumers: readonly {
    name: string;
    pid: number | undefined;
    state: ConsumerState;
    inHand: number;
  }[];
  readonly isStoreDown: boolean;
  readonly telegramFault: string | null;
  readonly perSecond: number;
  readonly pending: number;
}
