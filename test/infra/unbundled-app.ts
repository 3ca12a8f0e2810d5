import { App } from 'aws-cdk-lib';

/**
 * For stacks whose templates a test reads in its own process: without bundles, and without CDK's check of templates, which
 * takes six seconds and which the synths of stack.system.test.ts have.
 */
export function unbundledApp(): App {
  return new App({ context: { 'aws:cdk:bundling-stacks': [] }, builtinCloudFormationValidation: false });
}
