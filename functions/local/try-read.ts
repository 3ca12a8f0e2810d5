/** What can be read, where not being able to read it is an answer too. */
export function tryRead(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
