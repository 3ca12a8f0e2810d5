import { CALL_BUDGETS } from '../aws/call-budgets.ts';
import { CommandError } from './usage-error.ts';

/** The outputs of a deployed stack. */
export interface StackOutputs {
  tableName: string;
  webhookUrl: string;
  healthUrl: string;
  version?: string;
  /** Names of the SSM parameters that its functions read, whatever its stage is called. */
  parameters: { token: string; webhookSecret: string; previousWebhookSecret: string };
  /** Another Bot API server than Telegram's own. */
  telegramApiRoot?: string;
  /** The KMS key that encrypts the parameters; absent: SSM's own. */
  secretsKeyArn?: string;
  /** By the names of their outputs, e.g. `WebhookLogGroup`. */
  logGroups: Record<string, string>;
}

export interface FoundStack {
  /** CloudFormation's own word, such as `UPDATE_COMPLETE`. */
  status: string;
  outputs: ReadonlyMap<string, string>;
}

/** @throws CommandError when there is no such stack, or it is not this bot's */
export async function readStack(stackName: string): Promise<StackOutputs> {
  try {
    const found = await findStack(stackName);
    if (found !== undefined) return toOutputs(stackName, found.outputs);
  } catch (error) {
    if (error instanceof CommandError || !(error instanceof Error)) throw error;
    if (error.name === 'CredentialsProviderError' || error.message === 'Region is missing') throw error;
    throw new CommandError(`The stack ${stackName} could not be read: ${error.name}: ${error.message}`, {
      cause: error,
    });
  }
  throw new CommandError(
    `There is no stack ${stackName} in this account and region: check the name, AWS_PROFILE and AWS_REGION`,
  );
}

/** @returns `undefined`: there is none of that name. @throws Error of CloudFormation's client */
export async function findStack(stackName: string): Promise<FoundStack | undefined> {
  const { withinBudget } = await import('../aws/within-budget.ts');
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(withinBudget(CALL_BUDGETS.console));
  try {
    const { Stacks: stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const [stack] = stacks;
    const outputs = (stack?.Outputs ?? []).map(
      ({ OutputKey: key = '', OutputValue: value = '' }) => [key, value] as const,
    );
    return stack && { status: stack.StackStatus ?? 'unknown', outputs: new Map(outputs) };
  } catch (error) {
    if (
      error instanceof Error &&
      error.name === 'ValidationError' &&
      error.message.includes('does not exist')
    )
      return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

function toOutputs(stackName: string, outputs: ReadonlyMap<string, string>): StackOutputs {
  const required = (key: string): string => {
    const value = outputs.get(key);
    if (value === undefined)
      throw new CommandError(
        `The stack ${stackName} has no output ${key}: it is not this bot's, or not deployed yet`,
      );
    return value;
  };
  return {
    tableName: required('TableName'),
    webhookUrl: required('WebhookUrl'),
    healthUrl: required('HealthUrl'),
    version: outputs.get('Version'),
    telegramApiRoot: outputs.get('TelegramApiRoot'),
    secretsKeyArn: outputs.get('SecretsKeyArn'),
    logGroups: Object.fromEntries([...outputs].filter(([key]) => key.endsWith('LogGroup'))),
    parameters: {
      token: required('TokenParameter'),
      webhookSecret: required('WebhookSecretParameter'),
      previousWebhookSecret: required('PreviousWebhookSecretParameter'),
    },
  };
}
