import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The files that `cdk synth` reads; the rest of the checkout must not matter. */
const SOURCES = ['cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'infra', 'functions'];

/** The commit that every synth here says it is of. */
export const SYNTHESISED_COMMIT = '0123456789ab';

export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: string | string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  UpdatePolicy?: Record<string, unknown>;
}

export interface Synthesised {
  folder: string;
  template: Template;
  /** The file that Lambda loads of the function whose logical id begins so. */
  bundleOf(prefix: string): string;
  /** Every file of the same function. */
  filesOf(prefix: string): string[];
  remove(): void;
}

/** cdk.json's context, which an app that is not run by the CLI does not see. */
export function cdkContext(): Record<string, unknown> {
  const file = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
    context: Record<string, unknown>;
  };
  return file.context;
}

/**
 * Runs the app in a process of its own, in the checkout or in a copy of it at another path, with bundles or without,
 * and with CDK's own validation of the template unless another synth has had it.
 */
export async function synthesise(
  context: Record<string, string>,
  options: { elsewhere?: boolean; bundled?: boolean; validated?: boolean } = {},
): Promise<Synthesised> {
  const folder = mkdtempSync(join(tmpdir(), 'synth-'));
  const out = join(folder, 'cdk.out');
  const cwd = options.elsewhere ? copyOf(join(folder, 'somewhere else')) : ROOT;
  const env = {
    ...process.env,
    CDK_OUTDIR: out,
    BUILD_COMMIT: SYNTHESISED_COMMIT,
    ...(options.validated === false && { CDK_VALIDATION: 'false' }),
    CDK_CONTEXT_JSON: JSON.stringify({
      ...cdkContext(),
      ...context,
      ...(options.bundled === false && { 'aws:cdk:bundling-stacks': [] }),
    }),
  };
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'infra/app.ts'], { cwd, env });
  const stackName = `AgentFactoryBot-${context['stage']}`;
  const template = JSON.parse(readFileSync(join(out, `${stackName}.template.json`), 'utf8')) as Template;
  const assetOf = (prefix: string): string => {
    const [, resource] = functionNamed(template, prefix);
    const { S3Key } = resource.Properties['Code'] as { S3Key: string };
    return join(out, `asset.${S3Key.replace('.zip', '')}`);
  };
  return {
    folder: out,
    template,
    bundleOf: (prefix) => join(assetOf(prefix), 'index.mjs'),
    filesOf: (prefix) => readdirSync(assetOf(prefix)).map((name) => join(assetOf(prefix), name)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}

/** @throws Error unless there is exactly one */
export function functionNamed(template: Template, prefix: string): [string, Resource] {
  const found = resourcesOf(template, 'AWS::Lambda::Function').filter(([id]) => id.startsWith(prefix));
  const [only, another] = found;
  if (only === undefined || another !== undefined)
    throw new Error(`${found.length} functions begin with ${prefix}`);
  return only;
}

export interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: { 'ForAllValues:StringLike'?: { 'dynamodb:LeadingKeys': string | string[] } };
}

/** Everything that the function's own role may do. */
export function statementsOf(template: Template, prefix: string): Statement[] {
  const [, { Properties }] = functionNamed(template, prefix);
  const roleId = (Properties['Role'] as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
  return resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([, policy]) =>
      (policy.Properties['Roles'] as { Ref: string }[]).some(({ Ref }) => Ref === roleId),
    )
    .flatMap(([, policy]) => (policy.Properties['PolicyDocument'] as { Statement: Statement[] }).Statement);
}

export function listOf<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function copyOf(folder: string): string {
  for (const source of SOURCES) cpSync(join(ROOT, source), join(folder, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
