import { Template as Assertions } from 'aws-cdk-lib/assertions';
import { BotStack } from '../../../infra/bot-stack.ts';
import { stageOf } from '../../../infra/stage.ts';
import { cdkContext, type Template } from '../synthesised.ts';
import { unbundledApp } from '../unbundled-app.ts';

/** The template of stage prod, without bundles. */
export function prodTemplate(): Template {
  const stack = new BotStack(unbundledApp(), stageOf({ ...cdkContext(), stage: 'prod' }));
  return Assertions.fromStack(stack).toJSON() as Template;
}
