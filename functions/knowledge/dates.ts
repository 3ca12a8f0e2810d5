/** Languages whose names of months are read: what begins alike in them is the same month. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'sv', 'da', 'nb'];
const MIN_MONTH_LENGTH = 3;
/** Days between Excel's first one and 1970, as it counts them, and the last day of 2099. */
const EXCEL_1970 = 25_569;
const EXCEL_2099 = 73_050;
const DAY_MS = 86_400_000;

/**
 * A date as people and databases write it, in ISO 8601; `undefined` where it is none, or can be read in two ways
 * (05/06/2026 is May in one country and June in another). A text that begins in ISO stays as it is.
 */
export function readDate(value: unknown): string | undefined {
  if (value instanceof Date) return isoOf(value.getTime());
  if (typeof value === 'number') return ofNumber(value);
  if (typeof value === 'object' && value !== null) {
    const { $date: date, $numberLong, seconds, _seconds } = value as Record<string, unknown>;
    if (date !== undefined) return readDate(date);
    const number = $numberLong ?? seconds ?? _seconds;
    return number === undefined ? undefined : readDate(Number(number));
  }
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.isNaN(Date.parse(text)) ? undefined : text;
  // As .NET writes it in JSON.
  const number = /^(?:\/Date\((\d{1,15})(?:[+-]\d{4})?\)\/|(\d{10}|\d{13}|\d{5}))$/.exec(text);
  return number === null ? dayAndTime(text) : ofNumber(Number(number[1] ?? number[2]));
}

/** Days as Excel counts them, seconds as Unix counts them, or milliseconds as JavaScript does. */
function ofNumber(number: number): string | undefined {
  if (Number.isInteger(number) && number > EXCEL_1970 && number <= EXCEL_2099)
    return isoOf((number - EXCEL_1970) * DAY_MS)?.slice(0, 10);
  return isoOf(Math.abs(number) < 1e11 ? number * 1000 : number);
}

function isoOf(ms: number): string | undefined {
  return ms >= Date.UTC(1970, 0, 2) && ms < Date.UTC(10_000, 0) ? new Date(ms).toISOString() : undefined;
}

function dayAndTime(text: string): string | undefined {
  const time =
    /,?(?:T|\s)\s*(\d{1,2})(:\d{2}(?::\d{2})?(?:\.\d+)?)(?:\s*([ap])\.?m\.?)?\s*(?:Uhr|UTC|GMT|Z)?$/i.exec(
      text,
    );
  const date = time === null ? text : text.slice(0, time.index);
  // A weekday may stand before it.
  const day = dayOf(date) ?? dayOf(date.replace(/^\p{L}+\.?,?\s+/u, ''));
  if (day === undefined || time === null) return day;
  const [, hours = '', minutes = '', half] = time;
  const iso = `${day}T${hourOf(hours, half)}${minutes}Z`;
  return Number.isNaN(Date.parse(iso)) ? undefined : iso;
}

/** `12` is midnight in the morning, and noon in the afternoon. */
function hourOf(written: string, half: string | undefined): string {
  const hour = Number(written);
  const past = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return String(past).padStart(2, '0');
}

function dayOf(text: string): string | undefined {
  const compact = /^(\d{4})[./]?(\d{2})[./]?(\d{2})$/.exec(text);
  if (compact !== null) return iso(compact[1], compact[2], compact[3]);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})$/.exec(text);
  if (dotted !== null) return iso(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text);
  if (slashed !== null) {
    const [first, second] = [Number(slashed[1]), Number(slashed[2])];
    if (first === second || second > 12) return iso(slashed[3], first, second);
    return first > 12 ? iso(slashed[3], second, first) : undefined;
  }
  const worded =
    /^(\d{1,2})(?:\.|st|nd|rd|th|er|º)?[\s-]+(?:de\s)?(\p{L}+)\.?,?[\s-]+(?:de\s)?(\d{4}|\d{2})$/u.exec(text);
  if (worded !== null) return iso(worded[3], month(worded[2]), worded[1]);
  const american = /^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u.exec(text);
  return american === null ? undefined : iso(american[3], month(american[1]), american[2]);
}

let monthNames: readonly { name: string; month: number }[] | undefined;

/** The month that a name or its beginning stands for in every language that has one of it. */
function month(written = ''): number | undefined {
  const word = written.toLowerCase();
  if (word.length < MIN_MONTH_LENGTH) return undefined;
  monthNames ??= LANGUAGES.flatMap(namesOfMonths);
  const found = new Set(monthNames.filter(({ name }) => name.startsWith(word)).map(({ month }) => month));
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

function namesOfMonths(language: string): { name: string; month: number }[] {
  const names = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, at) => ({
    name: names.format(Date.UTC(2025, at)).toLowerCase(),
    month: at + 1,
  }));
}

/** Only a day that the calendar has; a year of two digits is one of this century. */
function iso(year?: string, month?: string | number, day?: string | number): string | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const text = `${year.padStart(4, '20')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
