import { type CfnElement, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { BotStack } from './bot-stack.ts';
import { BotFunction } from './constructs/bot-function.ts';
import type { StageConfig } from './stage.ts';

interface Acknowledgement {
  /** Path below the stack. */
  readonly at: string;
  readonly id: string;
  readonly reason: string;
}

/** Each finding of cdk-nag that stays, where it is, and why. */
const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  {
    at: 'WebhookApi/Api/WebhookRoute',
    id: 'AwsSolutions-APIG4',
    reason:
      'Telegram can send no credentials of AWS. Each request carries a secret token, which the function compares in constant time before it reads anything else.',
  },
  {
    at: 'WebhookApi/Api/GET--health',
    id: 'AwsSolutions-APIG4',
    reason:
      'A health check is for load balancers, pipelines and people without credentials. The answer holds no secret, and the route is throttled.',
  },
  {
    at: 'Rollout/Group/ServiceRole',
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
    reason:
      'The policy that AWS keeps for CodeDeploy on Lambda, in its limited form. It reads alarms and moves aliases anywhere in the account, and reads objects of S3 that are marked for CodeDeploy; only CodeDeploy can take the role on.',
  },
];

const TRACING = {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'The two actions that write traces of X-Ray take no resource.',
};

/** @throws Error when an acknowledgement is about nothing in the stack */
export function acknowledgeFindings(stack: BotStack, { tracing }: Pick<StageConfig, 'tracing'>): void {
  for (const { at, id, reason } of ACKNOWLEDGEMENTS) {
    Validations.of(childAt(stack, at)).acknowledge({ id, reason });
  }
  if (tracing) {
    const functions = stack.node.findAll().filter((construct) => construct instanceof BotFunction);
    for (const { role } of functions) Validations.of(role!).acknowledge(TRACING);
  }
  // Named by the template, so that another name of the hook is not another finding.
  const hook = stack.getLogicalId(stack.rollout.hook.node.defaultChild as CfnElement);
  Validations.of(childAt(stack, 'Rollout/Group/ServiceRole')).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${hook}.Arn>:*]`,
    reason:
      'CodeDeploy invokes the hook by its name; CDK grants all versions of it, and it has no other callers.',
  });
}

function childAt(stack: BotStack, path: string): IConstruct {
  let child: IConstruct | undefined = stack;
  for (const id of path.split('/')) child = child?.node.tryFindChild(id);
  if (child === undefined) throw new Error(`There is no ${path} in the stack to acknowledge a finding of`);
  return child;
}
