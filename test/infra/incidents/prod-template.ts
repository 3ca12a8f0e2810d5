import { App } from 'aws-cdk-lib';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import { BotStack } from '../../../infra/bot-stack.ts';
import { stageOf } from '../../../infra/stage.ts';
import { cdkContext, type Template } from '../synthesised.ts';

/** The template of stage prod, without bundles. */
export function prodTemplate(): Template {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new BotStack(app, stageOf({ ...cdkContext(), stage: 'prod' }));
  return Assertions.fromStack(stack).toJSON() as Template;
}
