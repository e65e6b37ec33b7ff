/** The header by which Kafka Streams marks records of a changelog whose position it keeps; `v` says how it is written. */
const POSITION_HEADER = "c";
const TOPICS_MAX = 1_000;

/**
 * Reads the position that Kafka Streams keeps in the header `c` of a changelog's records: up to which offset of which input partition the store had read. Undefined for other bytes.
 */
export function readChangelogPosition(key: string, bytes: Buffer | null): Readonly<Record<string, number>> | undefined {
  if (key !== POSITION_HEADER || bytes === null || bytes.length < 5 || bytes[0] !== 0) return undefined;
  const offsets: [string, number][] = [];
  let at = 1;
  const int32 = (): number => {
    const value = bytes.readInt32BE(at);
    at += 4;
    return value;
  };
  try {
    const topics = int32();
    if (topics < 0 || topics > TOPICS_MAX) return undefined;
    for (let i = 0; i < topics; i++) {
      const length = int32();
      const topic = bytes.toString("utf8", at, at + length);
      at += length;
      for (let pairs = int32(); pairs > 0; pairs--) {
        const partition = int32();
        offsets.push([`${topic}:${partition}`, Number(bytes.readBigInt64BE(at))]);
        at += 8;
      }
    }
  } catch {
    return undefined;
  }
  return at === bytes.length ? Object.fromEntries(offsets) : undefined;
}
