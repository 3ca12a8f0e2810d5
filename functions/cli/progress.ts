import { Presets, SingleBar } from 'cli-progress';
import type { KnowledgeProgress } from '../knowledge/publish.ts';

const PHASES = { read: 'Reading', index: 'Indexing', publish: 'Publishing' } as const;
/** Without a terminal a line now and then is enough, and none that says the same again. */
const LINE_INTERVAL_MS = 2_000;

export interface ProgressDisplay {
  show: (progress: KnowledgeProgress) => void;
  end: () => void;
}

/** Long work on standard error: a bar on a terminal, otherwise plain lines, two seconds apart at least. */
export function progressDisplay(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  return stream.isTTY ? bars(stream) : lines(stream);
}

function bars(stream: NodeJS.WriteStream): ProgressDisplay {
  let bar: SingleBar | undefined;
  let shown: KnowledgeProgress['phase'] | undefined;
  const format = (phase: KnowledgeProgress['phase'], total: number | undefined): string =>
    total === undefined ? `${PHASES[phase]}  {value}` : `${PHASES[phase]}  {bar} {percentage}%`;
  return {
    show: ({ phase, done, total }) => {
      if (phase !== shown) {
        bar?.stop();
        shown = phase;
        bar = new SingleBar(
          { stream, format: format(phase, total), hideCursor: true },
          Presets.shades_classic,
        );
        bar.start(total ?? 0, done);
      } else bar?.update(done);
    },
    end: () => bar?.stop(),
  };
}

function lines(stream: NodeJS.WritableStream): ProgressDisplay {
  let shown: KnowledgeProgress['phase'] | undefined;
  let lastMs = 0;
  let line = '';
  let lastLine = '';
  const write = (): void => {
    if (line !== lastLine) stream.write(line);
    lastLine = line;
    lastMs = Date.now();
  };
  return {
    show: ({ phase, done, total }) => {
      // How far the one before came.
      if (phase !== shown) write();
      const share = total === undefined || total === 0 ? `${done}` : `${Math.floor((done / total) * 100)}%`;
      line = `${PHASES[phase]}: ${share}\n`;
      if (phase !== shown || Date.now() - lastMs >= LINE_INTERVAL_MS) write();
      shown = phase;
    },
    end: write,
  };
}
