import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { BotFunction } from '../../infra/constructs/bot-function.ts';
import { DataTable } from '../../infra/constructs/data-table.ts';
import { stageOf } from '../../infra/stage.ts';
import { unbundledApp } from './unbundled-app.ts';

/** As the template has it, unbundled. */
function functionWith(context: Record<string, string>): Record<string, unknown> {
  const stack = new Stack(unbundledApp(), 'Stack');
  new BotFunction(stack, 'Function', {
    folder: 'health',
    grants: 'health',
    description: 'Any of them',
    config: stageOf({ stages: { bare: {} }, stage: 'bare', ...context }),
    table: new DataTable(stack, 'Table', { isRetained: false }),
    timeout: Duration.seconds(10),
  });
  const [found] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return (found as { Properties: Record<string, unknown> }).Properties;
}

/** Lambda takes a line without a level for INFO, and metrics are such lines. */
it.each([
  ['', 'INFO'],
  ['DEBUG', 'DEBUG'],
  ['debug', 'DEBUG'],
  ['INFO', 'INFO'],
  ['WARN', 'INFO'],
  ['ERROR', 'INFO'],
  ['SILENT', 'INFO'],
])('with logLevel=%s Lambda drops what is below %s, and no metric', (logLevel, dropsBelow) => {
  const { LoggingConfig } = functionWith(logLevel === '' ? {} : { logLevel });
  expect(LoggingConfig).toMatchObject({ LogFormat: 'JSON', ApplicationLogLevel: dropsBelow });
});
