import { Logger, LogLevelThreshold } from '@aws-lambda-powertools/logger';
import type { LogItemExtraInput, LogItemMessage } from '@aws-lambda-powertools/logger/types';
import type { Settings } from '../settings/settings.ts';

/**
 * A logger that keeps to `LOG_LEVEL`. Powertools takes Lambda's own level (`AWS_LAMBDA_LOG_LEVEL`) before any other:
 * https://github.com/aws-powertools/powertools-lambda-typescript/issues/1794; and Lambda's is never above INFO
 * (infra/constructs/bot-function.ts), or it would drop the metrics together with the lines.
 */
export class LevelledLogger extends Logger {
  readonly #least: number;

  constructor(options: { logLevel: Settings['logLevel']; serviceName: string }) {
    super(options);
    this.#least = LogLevelThreshold[options.logLevel];
  }

  protected override processLogItem(
    level: number,
    input: LogItemMessage,
    extraInput: LogItemExtraInput,
  ): void {
    // Powertools writes warnings of its own while it is being constructed.
    if (#least in this && level < this.#least) return;
    super.processLogItem(level, input, extraInput);
  }
}
