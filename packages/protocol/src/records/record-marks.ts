/** As many bytes as a mark of a schema has: a magic byte and a GUID. */
export const MARK_BYTES_MAX = 17;

const KEY_HEADER = Buffer.from("__key_schema_id");
const VALUE_HEADER = Buffer.from("__value_schema_id");
/** No header's name that matters is longer. */
export const MARK_HEADER_NAME_BYTES_MAX: number = VALUE_HEADER.length;

/** Where some bytes are, and how many: fewer than 0 for null, and for a header that is not there. */
export interface MarkPlace {
  start: number;
  length: number;
}

/**
 * By what a record says which schemas its key and its value have: their first bytes, and two headers. Places refer to {@link bytes}, where at least {@link MARK_BYTES_MAX} bytes of each can be read; lengths are
 * those of the whole key, value or header. One object serves any number of records.
 */
export class RecordMarks {
  bytes: Buffer = Buffer.alloc(0);
  readonly key: MarkPlace = { start: 0, length: -1 };
  readonly value: MarkPlace = { start: 0, length: -1 };
  readonly keyHeader: MarkPlace = { start: 0, length: -1 };
  readonly valueHeader: MarkPlace = { start: 0, length: -1 };

  /** Begins another record, of which no header is known yet. */
  open(bytes: Buffer): void {
    this.bytes = bytes;
    this.keyHeader.length = -1;
    this.valueHeader.length = -1;
  }

  /** Which header a name means; undefined for any other. Of headers with one name the last counts, as for clients. */
  headerNamed(bytes: Buffer, start: number, length: number): MarkPlace | undefined {
    if (length === VALUE_HEADER.length && VALUE_HEADER.compare(bytes, start, start + length) === 0) return this.valueHeader;
    if (length === KEY_HEADER.length && KEY_HEADER.compare(bytes, start, start + length) === 0) return this.keyHeader;
    return undefined;
  }
}

/** Judges a record by its marks: what is wrong with it, undefined when nothing is. It keeps nothing of what it is given. */
export type MarkRule = (marks: RecordMarks) => string | undefined;
