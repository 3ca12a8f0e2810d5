import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledgements.ts';
import { BotStack } from './bot-stack.ts';
import { stageOf } from './stage.ts';

/**
 * The app for the stage that the context names, with its checks: a finding that nobody has argued for fails the synth.
 * @throws ContextError
 */
export function createApp(props?: AppProps): App {
  const app = new App(props);
  const config = stageOf(app.node.getAllContext() as Record<string, unknown>);
  const stack = new BotStack(app, config);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  acknowledgeFindings(stack, config);
  return app;
}
