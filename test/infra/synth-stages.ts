import { App } from 'aws-cdk-lib';
import { addStacks, contextOf } from '../../infra/create-app.ts';
import { stageOf } from '../../infra/stage.ts';

/**
 * Started as a process: synthesises several stages as one app, so that CDK's check of templates is loaded once. STAGES has
 * their names and contexts.
 */
const app = new App();
const stages = Object.entries(JSON.parse(process.env['STAGES']!) as Record<string, object>);
addStacks(
  app,
  stages.map(([stage, context]) => stageOf({ ...contextOf(app), ...context, stage })),
);
app.synth();
