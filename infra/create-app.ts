import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledgements.ts';
import { BotStack } from './bot-stack.ts';
import { type StageConfig, stageOf } from './stage.ts';

/**
 * The app for the stage that the context names.
 * @throws ContextError
 */
export function createApp(): App {
  const app = new App();
  addStacks(app, [stageOf(contextOf(app))]);
  return app;
}

export function contextOf(app: App): Record<string, unknown> {
  return app.node.getAllContext() as Record<string, unknown>;
}

/** A stack for each stage, and the checks of the app: a finding that nobody has argued for fails the synth. */
export function addStacks(app: App, stages: readonly StageConfig[]): void {
  for (const config of stages) acknowledgeFindings(new BotStack(app, config), config);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
