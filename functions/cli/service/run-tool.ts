import { spawnSync } from 'node:child_process';

export interface ToolResult {
  /** False when there is no such tool. */
  exists: boolean;
  ok: boolean;
  text: string;
}

/** Runs a tool of the system and waits for it. */
export function runTool(words: readonly string[]): ToolResult {
  const [tool = '', ...args] = words;
  const result = spawnSync(tool, args, { encoding: 'utf8', timeout: 60_000 });
  const error: NodeJS.ErrnoException | undefined = result.error;
  const { status, stdout, stderr } = result;
  const exists = error?.code !== 'ENOENT';
  return { exists, ok: status === 0, text: `${stdout ?? ''}${stderr ?? ''}`.trim() };
}
