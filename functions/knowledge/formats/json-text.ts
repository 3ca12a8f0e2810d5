import JSON5 from 'json5';

/** Read where it is not quite JSON. */
export const MENDED =
  'is not quite JSON (a comment, a trailing comma, single quotes or NaN), but could be read';

/**
 * A JSON text, or one that is JSON5: comments, trailing commas, single quotes. NaN and infinities, which pandas
 * writes, are nothing.
 * @throws Error when it is neither; the engine's own message would quote the file
 */
export function parseJson(text: string): { value: unknown; isMended: boolean } {
  // A record separator before each text makes a JSON sequence (RFC 7464).
  const plain = text.replace(/^[\s\u001e]+/, '');
  try {
    return { value: JSON.parse(plain), isMended: false };
  } catch {
    // Lines that were cut out of a list keep its commas.
    const value: unknown = JSON5.parse(plain.replace(/,\s*$/, ''), (_, entry: unknown) =>
      typeof entry === 'number' && !Number.isFinite(entry) ? null : entry,
    );
    return { value, isMended: true };
  }
}

/** Why a text is no JSON, as far as its beginning tells. */
export function notJson(text: string): string {
  return /[:[,]\s*(None|True|False)\b/.test(text.slice(0, 100_000))
    ? 'is not valid JSON but Python: write it with json.dumps'
    : 'is not valid JSON';
}
