import { JsonComment } from './json-comment.ts';
import { parseJson } from './json-text.ts';
import { anotherListIn, isKeyOfRecord, isListOfRecords } from './wrappers.ts';

/** One value of a file, still as bytes. */
export interface ScannedItem {
  /** Counted from 0. */
  index: number;
  /** Line on which it begins, counted from 1. */
  line: number;
  /** Absent when the value is larger than {@link MAX_ITEM_BYTES}. */
  bytes?: Buffer;
  /** A line of its own: when it is bad, the others are none the worse. Anywhere else the file is unreadable. */
  standsAlone: boolean;
  /** Not an entry of a list or a line: it may hold records instead of being one. */
  isDocument: boolean;
  /** The last line lacks its newline, so if it is bad, the file was cut off there. */
  unterminated?: boolean;
}

/** The text around the values is not JSON. */
export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly line: number;

  constructor(line: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}

/** A document that is one object, which may turn out to hold many records. It is held as a whole. */
export const MAX_DOCUMENT_BYTES = 64_000_000;

/** Escaped text may be six times as long as what it means, and an embedding may come on top of that. */
export const MAX_ITEM_BYTES = 4_000_000;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [NEWLINE, SPACE, SLASH] = [0x0a, 0x20, 0x2f];
/** Longer than any key that matters, and read no further. */
const MAX_KEY = 24;

/**
 * Cuts a JSON file of any size into its values: the entries of a list, of a list of records within an object
 * (`{metadata, atoms: [...]}`, ./wrappers.ts), or one object per line or after the other. It follows quotes and brackets only: `JSON.parse` judges each value, and the
 * frame of an `{metadata, atoms}` file. So it knows lines, holds no more than one value, and is fast.
 */
export class JsonScanner {
  readonly #jsonLines: boolean;
  #state: 'start' | 'list' | 'value' | 'between values' | 'lines' | 'end' = 'start';
  #line = 1;
  #index = 0;
  #items: ScannedItem[] = [];

  // The value that is being cut out. It begins in the current chunk at #from, or -1.
  #from = -1;
  #pieces: Buffer[] = [];
  #size = 0;
  #valueLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** A number or a word, which ends before the next separator. */
  #bare = false;
  readonly #comment = new JsonComment();

  #place: 'top' | 'list' | 'rest of frame' = 'top';
  #expects: 'entry' | 'comma' = 'entry';

  // The first object of a file may turn out to be the frame around a list.
  #mayBeFrame = false;
  #atKey = false;
  #readsKey = false;
  /** The key of each object that is open, as long as no list is. */
  #keys: string[] = [];
  #openLists = 0;
  /** A list has begun that is of records if its first entry is an object. */
  #mayBeList = false;
  #frame: Buffer | undefined;
  #envelope: unknown;
  /** How many objects are open around its list. */
  #frameDepth = 1;

  /** `jsonLines`: that the file is named so; otherwise it is found out from the first line. */
  constructor({ jsonLines = false }: { jsonLines?: boolean } = {}) {
    this.#jsonLines = jsonLines;
  }

  /** The object around the list of records, as far as it has been read, its list empty; `undefined` where there is none. */
  get envelope(): unknown {
    return this.#envelope;
  }

  /** The values that end in this chunk. @throws ScanError */
  push(chunk: Buffer): ScannedItem[] {
    if (this.#from === -1 && (this.#state === 'value' || this.#state === 'lines')) this.#from = 0;
    for (let at = 0; at < chunk.length;) {
      if (this.#comment.isOpen) at = this.#skipComment(chunk, at);
      else if (this.#state === 'value') at = this.#scanValue(chunk, at);
      else if (this.#state === 'lines') at = this.#scanLine(chunk, at);
      else at = this.#scanFrame(chunk, at);
    }
    if (this.#from !== -1) this.#keep(chunk.subarray(this.#from));
    this.#from = -1;
    return this.#taken();
  }

  /** The items that were left when the file ended. @throws ScanError when it ended in the middle */
  end(): ScannedItem[] {
    if (this.#state === 'lines') this.#emitLine({ unterminated: true });
    else if (this.#state === 'start' && !this.#jsonLines) throw new ScanError(1, 'the file is empty');
    else if (this.#state === 'value' || this.#state === 'list') {
      throw new ScanError(this.#line, 'the file ends in the middle: it was cut off');
    }
    return this.#taken();
  }

  #taken(): ScannedItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** One byte outside of any value. */
  #scanFrame(chunk: Buffer, at: number): number {
    const byte = chunk[at]!;
    if (byte === NEWLINE) this.#line += 1;
    if (byte <= SPACE) {
      if (byte === NEWLINE && this.#state === 'between values' && this.#valueLine === this.#line - 1) {
        this.#beginLine(at + 1);
      }
      return at + 1;
    }
    if (JsonComment.mayBeginWith(byte) && !(this.#state === 'start' && this.#jsonLines)) {
      this.#comment.begin(byte);
      return at + 1;
    }
    if (this.#state === 'start') return this.#start(byte, at);
    if (this.#state === 'list') return this.#scanList(byte, at);
    if (this.#state === 'between values' && byte === OPEN_OBJECT) return this.#beginValue(byte, at);
    // Two files that were joined.
    if (this.#state === 'end' && this.#frame === undefined && byte === OPEN_LIST)
      return this.#start(byte, at);
    throw new ScanError(this.#line, 'there is more text after the end of the JSON value');
  }

  #skipComment(chunk: Buffer, start: number): number {
    const end = this.#comment.skip(chunk, start);
    if (end === undefined)
      throw new ScanError(this.#line, 'a slash begins no comment, and stands in no text');
    for (let at = start; at < end; at++) if (chunk[at] === NEWLINE) this.#line += 1;
    return end;
  }

  #start(byte: number, at: number): number {
    if (byte === OPEN_LIST) {
      this.#state = 'list';
      this.#place = 'list';
      this.#expects = 'entry';
      return at + 1;
    }
    if (this.#jsonLines) {
      this.#beginLine(at);
      return at;
    }
    if (byte !== OPEN_OBJECT)
      throw new ScanError(
        this.#line,
        'the file holds neither a JSON list nor an object: it has to begin with [ or {',
      );
    this.#mayBeFrame = true;
    this.#keys = [''];
    return this.#beginValue(byte, at);
  }

  #scanList(byte: number, at: number): number {
    // A comma before it is the habit of who writes lists by hand.
    if (byte === CLOSE_LIST) {
      if (this.#frame === undefined) {
        this.#state = 'end';
        return at + 1;
      }
      this.#place = 'rest of frame';
      this.#open(at);
      this.#depth = this.#frameDepth;
      return at + 1;
    }
    if (byte === COMMA && this.#expects === 'comma') {
      this.#expects = 'entry';
      return at + 1;
    }
    if (this.#expects === 'comma' || [COMMA, COLON, CLOSE_OBJECT].includes(byte)) {
      const why = this.#expects === 'comma' ? 'a comma is missing' : 'no entry stands where one should';
      throw new ScanError(this.#line, `the list is broken after its entry ${this.#index}: ${why}`);
    }
    return this.#beginValue(byte, at);
  }

  #beginValue(byte: number, at: number): number {
    this.#open(at);
    this.#inString = byte === QUOTE;
    this.#depth = byte === OPEN_LIST || byte === OPEN_OBJECT ? 1 : 0;
    this.#bare = !this.#inString && this.#depth === 0;
    this.#atKey = true;
    return at + 1;
  }

  #open(at: number): void {
    this.#state = 'value';
    this.#from = at;
    this.#valueLine = this.#line;
    this.#escaped = false;
  }

  #scanValue(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === NEWLINE) this.#line += 1;
      if (byte === SLASH && !this.#inString && !this.#bare) {
        this.#comment.begin(byte);
        return at + 1;
      }
      if (this.#mayBeList && byte > SPACE) {
        this.#mayBeList = false;
        if (this.#isListOfRecords(byte)) return this.#beginList(chunk, at);
        this.#openLists += 1;
      }
      if (this.#inString) {
        if (this.#readsKey && byte !== QUOTE) this.#readKey(byte);
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) {
          this.#inString = false;
          if (this.#depth === 0) return this.#endValue(chunk, at + 1);
          if (this.#readsKey) this.#endKey();
        }
      } else if (this.#bare) {
        if (byte > SPACE && byte !== COMMA && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT) continue;
        if (byte === NEWLINE) this.#line -= 1;
        return this.#endValue(chunk, at);
      } else if (byte === QUOTE) {
        this.#inString = true;
        if (this.#followsFrame() && this.#atKey) this.#beginKey();
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        this.#openNested(byte);
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#depth === 0) return this.#endValue(chunk, at + 1);
        if (this.#mayBeFrame) this.#closeNested(byte);
      } else if (this.#followsFrame()) {
        if (byte === COMMA) this.#atKey = true;
        if (byte === COLON) this.#atKey = false;
      }
    }
    return chunk.length;
  }

  /** Whether what is read now is an object around records, as far as anybody can tell yet. */
  #followsFrame(): boolean {
    return this.#mayBeFrame && this.#openLists === 0;
  }

  #openNested(byte: number): void {
    this.#depth += 1;
    if (!this.#mayBeFrame) return;
    if (byte === OPEN_LIST && this.#openLists === 0) this.#mayBeList = true;
    else if (byte === OPEN_LIST) this.#openLists += 1;
    else if (this.#openLists === 0) {
      this.#keys.push('');
      this.#atKey = true;
    }
  }

  #closeNested(byte: number): void {
    if (byte === CLOSE_LIST) this.#openLists -= 1;
    else if (this.#openLists === 0) this.#keys.pop();
  }

  #beginKey(): void {
    this.#readsKey = true;
    this.#keys[this.#keys.length - 1] = '';
  }

  #readKey(byte: number): void {
    const key = this.#keys.at(-1)!;
    if (key.length < MAX_KEY) this.#keys[this.#keys.length - 1] = key + String.fromCharCode(byte);
  }

  #endKey(): void {
    this.#readsKey = false;
    if (isKeyOfRecord(this.#keys.at(-1)!)) this.#mayBeFrame = false;
  }

  #isListOfRecords(first: number): boolean {
    if (!isListOfRecords(this.#keys)) return false;
    return first === OPEN_OBJECT || (first === CLOSE_LIST && isListOfRecords(this.#keys, { empty: true }));
  }

  #beginList(chunk: Buffer, at: number): number {
    this.#frame = this.#cut(chunk, at);
    if (this.#frame === undefined)
      throw new ScanError(this.#line, 'the text before the list of records is too large');
    // The bracket belongs to the list.
    this.#frameDepth = this.#depth - 1;
    this.#envelope = unfinished(this.#frame, this.#frameDepth);
    this.#mayBeFrame = false;
    this.#place = 'list';
    this.#state = 'list';
    return at;
  }

  #endValue(chunk: Buffer, at: number): number {
    const bytes = this.#cut(chunk, at);
    if (this.#place === 'rest of frame') {
      this.#judgeFrame(bytes);
      this.#state = 'end';
      return at;
    }
    this.#items.push({
      index: this.#index++,
      line: this.#valueLine,
      ...(bytes !== undefined && { bytes }),
      standsAlone: false,
      isDocument: this.#place === 'top',
    });
    this.#mayBeFrame = false;
    this.#state = this.#place === 'list' ? 'list' : 'between values';
    this.#expects = 'comma';
    return at;
  }

  #judgeFrame(rest: Buffer | undefined): void {
    let frame: unknown;
    try {
      frame = parseJson(Buffer.concat([this.#frame!, rest!]).toString('utf8')).value;
    } catch (cause) {
      throw new ScanError(this.#line, 'the text around the list of records is not valid JSON, or too large', {
        cause,
      });
    }
    this.#envelope = frame;
    const another = anotherListIn(frame);
    if (another !== undefined)
      throw new ScanError(
        this.#line,
        `there is another list of records, "${another}": put each into a file of its own`,
      );
  }

  #beginLine(at: number): void {
    this.#state = 'lines';
    this.#from = at;
    this.#valueLine = this.#line;
  }

  #scanLine(chunk: Buffer, start: number): number {
    const newline = chunk.indexOf(NEWLINE, start);
    if (newline === -1) return chunk.length;
    this.#keep(chunk.subarray(this.#from, newline));
    this.#emitLine({});
    this.#line += 1;
    this.#beginLine(newline + 1);
    return newline + 1;
  }

  #emitLine(how: { unterminated?: boolean }): void {
    const bytes = this.#collected();
    if (bytes !== undefined && bytes.every((byte) => byte <= SPACE)) return;
    const item = {
      index: this.#index++,
      line: this.#valueLine,
      standsAlone: true,
      isDocument: false,
      ...how,
    };
    this.#items.push(bytes === undefined ? item : { ...item, bytes });
  }

  #cut(chunk: Buffer, at: number): Buffer | undefined {
    this.#keep(chunk.subarray(this.#from, at));
    this.#from = -1;
    return this.#collected();
  }

  /** A value over the limit is counted but no longer held. */
  #keep(piece: Buffer): void {
    this.#size += piece.length;
    if (this.#size > this.#limit) this.#pieces = [];
    else this.#pieces.push(piece);
  }

  get #limit(): number {
    const isDocument = this.#index === 0 && this.#place === 'top' && this.#state !== 'lines';
    return isDocument ? MAX_DOCUMENT_BYTES : MAX_ITEM_BYTES;
  }

  #collected(): Buffer | undefined {
    const bytes = this.#size > this.#limit ? undefined : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#size = 0;
    return bytes;
  }
}

/** An object whose end is still to come; an empty one where that is not valid, for which the end of the file is refused. */
function unfinished(begun: Buffer, depth: number): unknown {
  try {
    return parseJson(`${begun.toString('utf8')}]${'}'.repeat(depth)}`).value;
  } catch {
    return {};
  }
}
