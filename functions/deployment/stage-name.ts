/** The form of a stage's name, which its stack and its SSM parameters carry. */
export const STAGE_NAME = /^[a-z][a-z0-9-]{1,20}$/;
export const STAGE_NAME_RULE = 'takes a name of 2 to 21 of a-z, 0-9 and -, such as prod';

export function stackNameOf(stage: string): string {
  return `AgentFactoryBot-${stage}`;
}

/** SSM parameters of a stage that cdk.json gives no other names. */
export function parametersOf(stage: string): {
  token: string;
  webhookSecret: string;
  previousWebhookSecret: string;
} {
  const folder = `/agent-factory-bot/${stage}`;
  return {
    token: `${folder}/telegram-bot-token`,
    webhookSecret: `${folder}/telegram-webhook-secret`,
    previousWebhookSecret: `${folder}/telegram-webhook-secret-previous`,
  };
}
