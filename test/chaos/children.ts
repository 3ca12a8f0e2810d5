import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** Lets no process of a run outlive it, even where the run is broken off. */
export function endsWithUs<Child extends ChildProcess>(child: Child): Child {
  if (running.size === 0) process.once('exit', killAll);
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', killAll);
  });
  return child;
}

function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
