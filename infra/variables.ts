/** The variables that hold the names of the secrets' parameters in the functions' environment. */
export const SECRET_VARIABLES = {
  token: 'TELEGRAM_BOT_TOKEN_PARAMETER',
  webhookSecret: 'TELEGRAM_WEBHOOK_SECRET_PARAMETER',
  previousWebhookSecret: 'TELEGRAM_WEBHOOK_SECRET_PREVIOUS_PARAMETER',
} as const;

/**
 * Lambda's limit for all variables of one function together, written as one JSON object:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_VARIABLES_BYTES = 4_096;

/** For what only CloudFormation knows: the table's name, and the name or URL of another function. */
const NAMED_LATER_BYTES = 300;

/** The share of {@link MAX_VARIABLES_BYTES}, in bytes, that a function with every variable takes. */
export function variablesBytes({
  stackName,
  environment,
  parameters,
  secretsRevision,
}: {
  stackName: string;
  environment: Readonly<Record<string, string>>;
  parameters: Readonly<Record<keyof typeof SECRET_VARIABLES, string>>;
  secretsRevision: string;
}): number {
  const secrets = Object.entries(SECRET_VARIABLES).map(([name, variable]) => [
    variable,
    parameters[name as keyof typeof parameters],
  ]);
  const known = {
    POWERTOOLS_SERVICE_NAME: stackName,
    SECRETS_REVISION: secretsRevision,
    ...environment,
    ...(Object.fromEntries(secrets) as Record<string, string>),
  };
  return Buffer.byteLength(JSON.stringify(known)) + NAMED_LATER_BYTES;
}
