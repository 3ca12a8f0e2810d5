/**
 * Runs the benches, or those that are named, one after the other, and writes what they print into README.md, with the
 * day, the machine and the versions: `npm run bench [-- cold-start update ...]`. One that was not run keeps its text.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const README = fileURLToPath(new URL('README.md', import.meta.url));
/** `search` judges relevance and needs collections of its own; it measures no time. */
const BENCHES = [
  'start',
  'cold-start',
  'peers',
  'locks',
  'contention',
  'price',
  'update',
  'import',
  'search-speed',
];
const MEASURED = ['@aws-sdk/client-dynamodb', '@dynoxide/linux-x64', 'dynalite', 'grammy'];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHES.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are: ${BENCHES.join(', ')}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : BENCHES) {
  const output = await outputOf(`bench:${name}`);
  if (output === undefined) {
    console.error(`bench:${name} failed; README.md keeps its former text`);
    process.exit(1);
  }
  const isMarkdown = output.includes('| --');
  await write(name, `${conditions()}\n\n${isMarkdown ? output.trim() : `\`\`\`\n${output.trim()}\n\`\`\``}`);
}

/** The output of a bench; `undefined` when it failed. */
async function outputOf(script: string): Promise<string | undefined> {
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'inherit'], env });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    process.stdout.write(data);
    output += data.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? output : undefined;
}

function conditions(): string {
  const [processor] = cpus();
  const memoryGb = Math.round(totalmem() / 1024 ** 3);
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const versions = MEASURED.map((name) => `${name} ${lock.packages[`node_modules/${name}`]?.version}`);
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} x ${processor?.model.trim()}, ${memoryGb} GB, ${process.platform} ${process.arch}`;
  return `${day}, ${machine}, Node ${process.versions.node}, ${versions.join(', ')}:`;
}

/** Replaces the part of README.md that begins with the bench's heading, or appends it. */
async function write(name: string, text: string): Promise<void> {
  const heading = `### bench:${name}`;
  const readme = readFileSync(README, 'utf8').trimEnd();
  const [before = '', ...rest] = readme.split(`\n${heading}\n`);
  const next = rest.join('').search(/\n#{2,3} /);
  const after = next === -1 ? '' : rest.join('').slice(next);
  const written = `${before.trimEnd()}\n\n${heading}\n\n${text}\n${after}`;
  writeFileSync(README, await format(written, { ...(await resolveConfig(README)), parser: 'markdown' }));
}
