/** `local:press-line-3:4711:...` -> `PID 4711`; a Lambda's holder is named by version and environment. */
export function labelOf(process: string): string {
  const [kind, , third] = process.split(':');
  return kind === 'local' && third !== undefined ? `PID ${third}` : process.slice(0, 18);
}
