import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { RUN_LIMIT_MS } from '../../functions/uploads/run-store.ts';
import type { StageConfig } from '../stage.ts';
import { BotFunction } from './bot-function.ts';

/** 20 MB of atoms with the index that is built of them, and the processor for it. */
const MEMORY_MB = 1769;
const TIMEOUT = Duration.minutes(10);

/** Imports what administrators upload: the only function that may write atoms. */
export class Importer extends Construct {
  readonly function: BotFunction;

  constructor(scope: Construct, id: string, { config, table }: { config: StageConfig; table: TableV2 }) {
    super(scope, id);
    if (TIMEOUT.toMilliseconds() >= RUN_LIMIT_MS)
      throw new RangeError('an import may outlive its own marker');
    this.function = new BotFunction(this, 'Function', {
      folder: 'importer',
      grants: 'importer',
      description: 'Imports atoms that administrators upload',
      config,
      table,
      timeout: TIMEOUT,
      memoryMb: MEMORY_MB,
      secrets: ['token'],
    });
    // A note tells administrators how an import ended; they decide whether to repeat it.
    new EventInvokeConfig(this, 'Async', { function: this.function, retryAttempts: 0 });
  }
}
