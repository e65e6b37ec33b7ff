import { readInt64, writeInt64 } from "../../serdes/int64-bytes.ts";

const VERSION_WITHOUT_NUMBERS = 1;
const VERSION = 2;
const HEAD_BYTES = 9;

/** What is committed of a partition beside its offset. */
export interface CommitMetadata {
  /** −1: unknown. */
  readonly partitionTimeMs: number;
  /** What operators of the task have to know again. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** As Java writes it, in base64: `byte 2 · int64 partition time`, and where there are numbers `int32 count`, each `int32 length · name in UTF-8 · int64 value`. */
export function encodeCommitMetadata({ partitionTimeMs, numbers }: CommitMetadata): string {
  const names = [...numbers].map(([name, value]) => [Buffer.from(name), value] as const);
  const numbersBytes = names.length === 0 ? 0 : names.reduce((bytes, [name]) => bytes + 12 + name.length, 4);
  const into = Buffer.alloc(HEAD_BYTES + numbersBytes);
  into[0] = VERSION;
  writeInt64(into, 1, partitionTimeMs);
  if (names.length > 0) into.writeInt32BE(names.length, HEAD_BYTES);
  let at = HEAD_BYTES + 4;
  for (const [name, value] of names) {
    into.writeInt32BE(name.length, at);
    name.copy(into, at + 4);
    writeInt64(into, at + 4 + name.length, value);
    at += 12 + name.length;
  }
  return into.toString("base64");
}

/** What cannot be read is as nothing known, as in Java: somebody else may have committed for the group. */
export function decodeCommitMetadata(text: string): CommitMetadata {
  const bytes = Buffer.from(text, "base64");
  const version = bytes[0];
  if (bytes.length < HEAD_BYTES || (version !== VERSION && version !== VERSION_WITHOUT_NUMBERS))
    return { partitionTimeMs: -1, numbers: new Map() };
  const numbers = new Map<string, number>();
  const partitionTimeMs = readInt64(bytes, 1);
  if (version === VERSION_WITHOUT_NUMBERS || bytes.length < HEAD_BYTES + 4) return { partitionTimeMs, numbers };
  const count = bytes.readInt32BE(HEAD_BYTES);
  for (let at = HEAD_BYTES + 4, i = 0; i < count && at + 4 <= bytes.length; i++) {
    const length = bytes.readInt32BE(at);
    const valueAt = at + 4 + length;
    if (length < 0 || valueAt + 8 > bytes.length) break;
    numbers.set(bytes.toString("utf8", at + 4, valueAt), readInt64(bytes, valueAt));
    at = valueAt + 8;
  }
  return { partitionTimeMs, numbers };
}
