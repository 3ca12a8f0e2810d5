const MONTHS: Readonly<Record<string, number>> = {
  ...{
    jan: 1,
    feb: 2,
    mar: 3,
    mär: 3,
    apr: 4,
    may: 5,
    mai: 5,
    jun: 6,
    jul: 7,
    aug: 8,
    sep: 9,
    oct: 10,
    okt: 10,
  },
  ...{ nov: 11, dec: 12, dez: 12 },
};

/**
 * A date as people and databases write it, in ISO 8601; `undefined` where it is none, or can be read in two ways
 * (05/06/2026 is May in one country and June in another). A text that begins in ISO stays as it is.
 */
export function readDate(value: unknown): string | undefined {
  if (value instanceof Date) return isoOf(value.getTime());
  if (typeof value === 'number') return isoOf(epochMs(value));
  if (typeof value === 'object' && value !== null) {
    const { $date: date, $numberLong: number } = value as Record<string, unknown>;
    return date === undefined
      ? number === undefined
        ? undefined
        : readDate(Number(number))
      : readDate(date);
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.isNaN(Date.parse(text)) ? undefined : text;
  if (/^\d{10}(\d{3})?$/.test(text)) return isoOf(epochMs(Number(text)));
  return dayAndTime(text);
}

/** Seconds as Unix counts them, or milliseconds as JavaScript does. */
function epochMs(number: number): number {
  return Math.abs(number) < 1e11 ? number * 1000 : number;
}

function isoOf(ms: number): string | undefined {
  return ms >= Date.UTC(1970, 0, 2) && ms < Date.UTC(10_000, 0) ? new Date(ms).toISOString() : undefined;
}

function dayAndTime(text: string): string | undefined {
  const found =
    /^(?:[a-zäöü]+,?\s+)?(.+?)(?:,?[T\s]+(\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)\s*(?:Uhr|UTC|GMT|Z)?)?$/i.exec(
      text,
    ) ?? [];
  const day = dayOf(found[1] ?? '') ?? dayOf(text);
  if (day === undefined) return undefined;
  const iso =
    found[2] === undefined
      ? day
      : `${day}T${found[2].padStart(found[2].indexOf(':') === 1 ? found[2].length + 1 : 0, '0')}Z`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

function dayOf(text: string): string | undefined {
  const compact = /^(\d{4})[./]?(\d{2})[./]?(\d{2})$/.exec(text);
  if (compact !== null) return iso(compact[1], compact[2], compact[3]);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(text);
  if (dotted !== null) return iso(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text);
  if (slashed !== null) {
    const [first, second] = [Number(slashed[1]), Number(slashed[2])];
    if (first === second || second > 12) return iso(slashed[3], first, second);
    return first > 12 ? iso(slashed[3], second, first) : undefined;
  }
  const worded = /^(\d{1,2})(?:\.|st|nd|rd|th)?[\s-]+(\p{L}+)\.?,?[\s-]+(\d{4})$/u.exec(text);
  if (worded !== null) return iso(worded[3], month(worded[2]), worded[1]);
  const american = /^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u.exec(text);
  return american === null ? undefined : iso(american[3], month(american[1]), american[2]);
}

function month(word = ''): number | undefined {
  return MONTHS[word.slice(0, 3).toLowerCase()];
}

/** Only a day that the calendar has. */
function iso(year?: string, month?: string | number, day?: string | number): string | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
