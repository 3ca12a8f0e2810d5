import { existsSync, readFileSync } from 'node:fs';
import { parametersOf } from '../deployment/stage-name.ts';
import { CommandError } from './usage-error.ts';

const FILE = 'cdk.json';

type Scalar = string | number | boolean;

/** The settings of a stage that may not be deployed yet. */
export interface StageSettings {
  /** `undefined`: there is no cdk.json with stages here, as beside a packed command. */
  isKnown: boolean | undefined;
  parameters: { token: string; webhookSecret: string; previousWebhookSecret: string };
  /** The KMS key that encrypts the secrets; absent: SSM's own. */
  secretsKeyArn?: string;
  telegramApiRoot?: string;
  region?: string;
  reservedConcurrency?: number;
  takesOverWebhook: boolean;
}

/**
 * A stage's settings as they stand in the checkout's cdk.json, from which one types: those that matter before there is a
 * stack to ask. `cdk` alone judges them, and knows those of its `-c`.
 * @throws CommandError when the file is no JSON
 */
export function stageSettings(stage: string): StageSettings {
  const stages = stagesHere();
  const own = stages?.[stage] ?? {};
  const text = (key: string): string | undefined => (own[key] === undefined ? undefined : String(own[key]));
  const parameters = parametersOf(stage);
  const reserved = text('reservedConcurrency');
  return {
    isKnown: stages && Object.hasOwn(stages, stage),
    parameters: {
      token: text('tokenParameter') ?? parameters.token,
      webhookSecret: text('webhookSecretParameter') ?? parameters.webhookSecret,
      previousWebhookSecret: text('previousWebhookSecretParameter') ?? parameters.previousWebhookSecret,
    },
    secretsKeyArn: text('secretsKeyArn'),
    telegramApiRoot: text('telegramApiRoot'),
    region: text('region'),
    reservedConcurrency: reserved === undefined ? undefined : Number(reserved),
    takesOverWebhook: text('takeOverWebhook') === 'true',
  };
}

function stagesHere(): Record<string, Record<string, Scalar>> | undefined {
  if (!existsSync(FILE)) return undefined;
  try {
    const { context } = JSON.parse(readFileSync(FILE, 'utf8')) as {
      context?: { stages?: Record<string, Record<string, Scalar>> };
    };
    return context?.stages;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`${FILE} is not JSON (${error.message}): mend it, or run this elsewhere`, {
      cause: error,
    });
  }
}
