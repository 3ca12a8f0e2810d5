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

/** The app of one stage as `cdk synth` runs it, in the checkout or in a copy of it at another path, but without CDK's own check of templates. */
export async function synthesise(
  stage: string,
  options: { context?: Record<string, string>; elsewhere?: boolean } = {},
): Promise<Synthesised> {
  const folder = mkdtempSync(join(tmpdir(), 'synth-'));
  const cwd = options.elsewhere ? copyOf(join(folder, 'somewhere else')) : ROOT;
  await run('infra/app.ts', {
    cwd,
    folder,
    context: { ...options.context, stage },
    env: { CDK_VALIDATION: 'false' },
  });
  return synthesised(folder, stage);
}

/** Stages, by name with their context, in one process: with CDK's own check of their templates, and the bundles of one. */
export async function synthesiseStages<Stage extends string>(
  contexts: Record<Stage, Record<string, string>>,
  options: { bundled: NoInfer<Stage> },
): Promise<Record<Stage, Synthesised>> {
  const folder = mkdtempSync(join(tmpdir(), 'synth-'));
  await run('test/infra/synth-stages.ts', {
    cwd: ROOT,
    folder,
    context: { 'aws:cdk:bundling-stacks': [stackNameOf(options.bundled)] },
    env: { STAGES: JSON.stringify(contexts) },
  });
  const stages = Object.keys(contexts) as Stage[];
  return Object.fromEntries(stages.map((stage) => [stage, synthesised(folder, stage)])) as Record<
    Stage,
    Synthesised
  >;
}

async function run(
  program: string,
  parts: { cwd: string; folder: string; context: Record<string, unknown>; env: Record<string, string> },
): Promise<void> {
  const env = {
    ...process.env,
    ...parts.env,
    CDK_OUTDIR: join(parts.folder, 'cdk.out'),
    BUILD_COMMIT: SYNTHESISED_COMMIT,
    CDK_CONTEXT_JSON: JSON.stringify({ ...cdkContext(), ...parts.context }),
  };
  await promisify(execFile)(process.execPath, ['--import', 'tsx', program], { cwd: parts.cwd, env });
}

function synthesised(folder: string, stage: string): Synthesised {
  const out = join(folder, 'cdk.out');
  const template = JSON.parse(
    readFileSync(join(out, `${stackNameOf(stage)}.template.json`), 'utf8'),
  ) as Template;
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

function stackNameOf(stage: string): string {
  return `AgentFactoryBot-${stage}`;
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
