/** The command line asks for something that cannot be; the message says what would do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly forOperator = true;
}

/** The command could not do what it was asked to; the message says why and what to do next. Exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly forOperator = true;
}
