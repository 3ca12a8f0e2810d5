import type { HealthReport } from '../../status/report.ts';
import type { ExperimentState } from './experiment/state.ts';

export interface ParkedUpdate {
  readonly updateId: number;
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
}

/** The running system as the page shows it. */
export interface GuaranteeState {
  readonly bot: {
    readonly username: string;
    readonly firstName: string;
    readonly isLocal: boolean;
    /** User ids. */
    readonly administrators: readonly number[];
    /** Whether the page may give and take those rights. */
    readonly canAppoint: boolean;
  };
  readonly health: HealthReport;
  readonly parked: readonly ParkedUpdate[];
  readonly experiment: ExperimentState | null;
}
