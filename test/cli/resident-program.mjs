// Runs the packed command as often as it is asked to, each time as its file is run: with arguments, variables, standard
// input and folder of that run. A run has ended when nothing of it would keep a process of its own from ending.
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const [node, , program] = process.argv;
const home = process.cwd();
const url = pathToFileURL(program).href;
const STREAMS = ['stdout', 'stderr'];
const writes = STREAMS.map((name) => process[name].write);
let runs = 0;
let withoutRun;

process.on('message', async ({ args, env, input, cwd }) => {
  withoutRun ??= process.getActiveResourcesInfo().length;
  const ran = { stdout: '', stderr: '' };
  for (const name of STREAMS) {
    process[name].write = (chunk, ...rest) => {
      ran[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      rest.find((each) => typeof each === 'function')?.();
      return true;
    };
  }
  const typedIn = Readable.from([Buffer.from(input)]);
  Object.defineProperty(process, 'stdin', { configurable: true, get: () => typedIn });
  process.argv = [node, program, ...args];
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd ?? home);
  // Another address is evaluated anew; the modules that it loads are not.
  await import(`${url}?run=${(runs += 1)}`);
  const code = process.exitCode;
  while (process.getActiveResourcesInfo().length > withoutRun)
    await new Promise((resolve) => setTimeout(resolve, 1));
  STREAMS.forEach((name, at) => {
    process[name].write = writes[at];
    process[name].removeAllListeners('error');
  });
  process.removeAllListeners('exit');
  process.exitCode = undefined;
  process.send({ code, ...ran });
});
