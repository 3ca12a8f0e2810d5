import pc from 'picocolors';

let hasPrinted = false;

/** Whether this run has printed its JSON value: an error that comes later adds none. */
export function hasPrintedJson(): boolean {
  return hasPrinted;
}

/** A run begins. */
export function forgetPrintedJson(): void {
  hasPrinted = false;
}

/** Characters that move or turn text on a terminal: C1 controls and marks of direction. Colours begin with ESC. */
const UNSEEN = /[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The results of a command: lines for people, or one JSON value for programs. */
export class Output {
  readonly isJson: boolean;

  constructor(options: { json: boolean }) {
    this.isJson = options.json;
  }

  /** For people; silent with `--json`. */
  line(text = ''): void {
    if (!this.isJson) process.stdout.write(`${text.replace(UNSEEN, '')}\n`);
  }

  /** Beside the result, on standard error: progress, warnings. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** The result for programs; silent without `--json`. */
  json(value: unknown): void {
    if (!this.isJson) return;
    hasPrinted = true;
    process.stdout.write(`${JSON.stringify(value, undefined, 2).replace(UNSEEN, escaped)}\n`);
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export const good = (text: string): string => pc.green(text);
export const bad = (text: string): string => pc.red(text);
export const strong = (text: string): string => pc.bold(text);
export const faint = (text: string): string => pc.dim(text);

/** Left-aligned columns, as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `1,434` */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 atom`, `1,434 atoms`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-23 05:46:04` in UTC, which operators of several sites share. */
export function time(ms: number | undefined): string {
  return ms === undefined ? '-' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
