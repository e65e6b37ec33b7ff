/** A place in PostgreSQL's write-ahead log: a byte count, 0 to 2^64 − 1. */
export type Lsn = bigint;

/** What no place is; PostgreSQL's `InvalidXLogRecPtr`. */
export const NO_LSN: Lsn = 0n;

const LSN_TEXT = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i;

/** `16/B374D848` as PostgreSQL prints it; undefined where the text is none. */
export function parseLsn(text: string): Lsn | undefined {
  const parts = LSN_TEXT.exec(text);
  return parts === null ? undefined : (BigInt(`0x${parts[1]}`) << 32n) | BigInt(`0x${parts[2]}`);
}

/** As PostgreSQL prints it. */
export function formatLsn(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;
}

/** The later of two. */
export const laterLsn = (one: Lsn, other: Lsn): Lsn => (one > other ? one : other);
