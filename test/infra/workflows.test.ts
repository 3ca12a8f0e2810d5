import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FRESH_MS, REASONS } from '../../functions/status/reasons.ts';

const FOLDER = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
const WORKFLOWS = readdirSync(FOLDER).map((name) => [name, readFileSync(FOLDER + name, 'utf8')] as const);

describe.each(WORKFLOWS)('the workflow %s', (_name, text) => {
  it('names every action by commit and says which version that is, or by major version', () => {
    // A workflow of this repository has no version but its own.
    const uses = [...text.matchAll(/uses: (?!\.\/)(\S+)(.*)$/gm)];
    expect(text).toMatch(/uses: /);
    for (const [, action, comment] of uses) {
      expect(`${action}${comment}`).toMatch(/@([0-9a-f]{40} # v\d+\.\d+\.\d+|v\d+)$/);
    }
  });

  it('says what it may do, and holds no key of AWS', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read/m);
    expect(text).not.toMatch(/AWS_SECRET_ACCESS_KEY|AWS_ACCESS_KEY_ID|secrets\./);
  });

  it('takes the Node.js that .nvmrc names, or one of the gate’s', () => {
    const setUps = [...text.matchAll(/uses: actions\/setup-node/g)].length;
    const versions = [...text.matchAll(/node-version(?:-file)?: (.*)$/gm)].map(([, version]) => version);
    expect(versions).toHaveLength(setUps);
    for (const version of versions)
      expect(['.nvmrc', 'merged/.nvmrc', '${{ matrix.node }}']).toContain(version);
  });

  it('ends by itself', () => {
    const jobs = [...text.matchAll(/runs-on:/g)].length;
    expect([...text.matchAll(/timeout-minutes:/g)]).toHaveLength(jobs);
  });
});

const jobs = WORKFLOWS.flatMap(([file, text]) =>
  text
    .slice(text.indexOf('\njobs:\n') + '\njobs:\n'.length)
    .split(/^(?= {2}[a-z-]+:$)/m)
    .map((body) => ({ name: `${file}, ${/^ *([a-z-]+):/m.exec(body)?.[1]}`, body })),
);

const jobOf = (name: string): string => jobs.find((job) => job.name === name)?.body ?? '';

describe('the jobs of the workflows', () => {
  const withToken = jobs.filter(({ body }) => body.includes('id-token: write') && body.includes('steps:'));

  it('take a role in the deployment alone', () => {
    expect(withToken.map(({ name }) => name)).toEqual(['deploy-stage.yml, deploy']);
    for (const [, text] of WORKFLOWS) expect(text).not.toMatch(/^ {2}id-token/m);
    for (const { name, body } of jobs) {
      if (body.includes('role-to-assume')) expect(withToken.map((job) => job.name)).toContain(name);
    }
  });

  it('run neither scripts of packages nor the app where they can take it', () => {
    for (const { body } of withToken) {
      expect(body).not.toMatch(/npm ci(?! --ignore-scripts)|npm (test|run)|\.ci\/run|cdk synth/);
      const cdk = [...body.matchAll(/npx cdk .*/g)].map(([command]) => command);
      expect(cdk).toHaveLength(1);
      expect(cdk[0]).toContain('--app cdk.out');
    }
  });

  it('try the bot on each system that a service can be installed on', () => {
    const systems = /system: \[(.*)\]/.exec(jobOf('ci.yml, elsewhere'))?.[1]?.split(', ');
    expect(systems).toEqual(['macos-latest', 'windows-latest']);
    expect(jobOf('ci.yml, elsewhere')).toContain('run: .ci/elsewhere');
    expect(jobOf('ci.yml, check')).toContain('runs-on: ubuntu-latest');
  });

  it('check on Linux by the script that anybody can run, which synthesises each stage of cdk.json', () => {
    const steps = [...jobOf('ci.yml, check').matchAll(/run: (.*)/g)].map(([, command]) => command);
    expect(steps).toEqual(['.ci/run']);
    const gate = readFileSync(new URL('../../.ci/run', import.meta.url), 'utf8');
    expect(gate).toMatch(/^stages=.*'\.\/cdk\.json'\)\.context\.stages/m);
    expect(gate).toMatch(/^for stage in \$stages; do\n {2}npx cdk synth .*-c stage="\$stage"\ndone$/m);
  });

  it('pass the gate once for a push, and before anything is deployed', () => {
    const onPush = WORKFLOWS.filter(([, text]) => /^ {2}push:\n {4}branches:/m.test(text));
    expect(onPush.map(([file]) => file)).toEqual(['deploy.yml']);
    expect(jobOf('deploy.yml, gate')).not.toMatch(/needs:/);
    for (const name of ['staging', 'stage'])
      expect(jobOf(`deploy.yml, ${name}`)).toMatch(/needs: .*\bgate\b/);
    expect(jobOf('deploy-stage.yml, deploy')).toMatch(/needs: synthesise/);
  });

  it('deploy to staging first where there is one, and no further when it fails there', () => {
    const staging = jobOf('deploy.yml, staging');
    expect(staging).toMatch(/if: .*vars\.STAGING != ''/);
    expect(staging).toMatch(/stage: \$\{\{ vars\.STAGING \}\}/);
    const next = jobOf('deploy.yml, stage');
    expect(next).toMatch(/needs: \[gate, staging\]/);
    expect(next).toMatch(/if: .*!cancelled\(\).*gate\.result == 'success'/);
    expect(next).toMatch(/staging\.result == 'success' \|\| needs\.staging\.result == 'skipped'/);
    for (const job of [staging, next])
      expect(job).toMatch(/uses: \.\/\.github\/workflows\/deploy-stage\.yml/);
  });

  it('look at a stage before it is deployed', () => {
    const deploy = jobOf('deploy-stage.yml, deploy');
    const steps = [...deploy.matchAll(/run: (npx .*)/g)].map(([, command]) => command);
    expect(steps[0]).toBe('npx bot doctor --stage "$STAGE"');
    expect(steps[1]).toMatch(/^npx cdk deploy/);
    expect(deploy).toMatch(/environment: \$\{\{ inputs\.stage \}\}/);
  });
});

describe('the job that writes a release', () => {
  const [job] = jobs.filter(({ body }) => body.includes('contents: write'));

  it('comes after the gate and the build, and runs no code of a package', () => {
    expect(jobs.filter(({ body }) => body.includes('contents: write'))).toHaveLength(1);
    expect(job?.name).toBe('release.yml, publish');
    expect(job?.body).toMatch(/needs: build/);
    expect(job?.body).not.toMatch(/npm |npx |checkout/);
    expect(jobs.find(({ name }) => name === 'release.yml, build')?.body).toMatch(/needs: gate/);
  });
});

describe('the smoke test of a deployment', () => {
  it('outlasts an error that Telegram met while the versions changed', () => {
    const deploy = jobOf('deploy-stage.yml, deploy');
    const [tries, pauseSeconds] = [/seq (\d+)/, /sleep (\d+)/].map((of) => Number(of.exec(deploy)?.[1]));
    expect(tries! * pauseSeconds! * 1_000).toBeGreaterThan(FRESH_MS + 60_000);
  });

  it('passes a bot whose only trouble is a parked update, by the words of the health', () => {
    expect(jobOf('deploy-stage.yml, deploy')).toContain(`each.startsWith("${REASONS.parked}")`);
  });
});
