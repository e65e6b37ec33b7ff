import type { DumpSink } from "./dump-lines.ts";
import type { SegmentMap } from "./dump-segment.ts";

const OFFSET_ENTRY_BYTES = 8;
const TIME_ENTRY_BYTES = 12;

/** An index file, and where its entries count from. */
export interface IndexFile {
  readonly path: string;
  readonly content: Buffer;
  readonly baseOffset: number;
}

/**
 * Shows the entries of an `.index`: int32 relative offset, int32 position. Each must point at a batch that holds nothing beyond its offset.
 * Kafka sizes the file of an active segment in advance: an entry of zeros that is not the first is the end.
 */
export async function dumpOffsetIndex(
  { path, content, baseOffset }: IndexFile,
  map: SegmentMap | undefined,
  sink: DumpSink,
): Promise<void> {
  const batchAt = new Map((map?.positions ?? []).map((position, batch) => [position, batch]));
  let before = { offset: -1, position: -1 };
  for (let at = 0; at + OFFSET_ENTRY_BYTES <= content.length; at += OFFSET_ENTRY_BYTES) {
    const relative = content.readInt32BE(at);
    const position = content.readInt32BE(at + 4);
    if (at > 0 && relative === 0 && position === 0) return;
    const offset = baseOffset + relative;
    await sink({ type: "offsetEntry", offset, position });
    const batch = batchAt.get(position);
    let fault: string | undefined;
    if (offset <= before.offset || position <= before.position) fault = "an entry does not follow the one before it";
    else if (map && batch === undefined) fault = `no sound batch starts at position ${position}, where an entry points`;
    else if (map && batch !== undefined && map.lastOffsets[batch]! > offset)
      fault = `the entry of offset ${offset} points at a batch that goes on to ${map.lastOffsets[batch]}`;
    if (fault !== undefined) await sink({ type: "damage", path, position: at, fault });
    before = { offset, position };
  }
  await checkLength(path, content, OFFSET_ENTRY_BYTES, sink);
}

/** Shows the entries of a `.timeindex`: int64 timestamp, int32 relative offset. No record up to the offset may be later than the timestamp. */
export async function dumpTimeIndex({ path, content, baseOffset }: IndexFile, map: SegmentMap | undefined, sink: DumpSink): Promise<void> {
  let before = { timestamp: -1, offset: -1 };
  let batch = -1;
  for (let at = 0; at + TIME_ENTRY_BYTES <= content.length; at += TIME_ENTRY_BYTES) {
    const timestamp = Number(content.readBigInt64BE(at));
    const relative = content.readInt32BE(at + 8);
    if (at > 0 && timestamp === 0 && relative === 0) return;
    const offset = baseOffset + relative;
    await sink({ type: "timeEntry", timestamp, offset });
    while (map && (map.lastOffsets[batch + 1] ?? Infinity) <= offset) batch++;
    const latest = batch < 0 ? -1 : map!.maxTimestamps[batch]!;
    let fault: string | undefined;
    if (timestamp <= before.timestamp || offset < before.offset) fault = "an entry does not follow the one before it";
    else if (latest > timestamp)
      fault = `the entry says that nothing up to offset ${offset} is later than ${timestamp}, but a record has ${latest}`;
    if (fault !== undefined) await sink({ type: "damage", path, position: at, fault });
    before = { timestamp, offset };
  }
  await checkLength(path, content, TIME_ENTRY_BYTES, sink);
}

async function checkLength(path: string, content: Buffer, entryBytes: number, sink: DumpSink): Promise<void> {
  const rest = content.length % entryBytes;
  if (rest > 0)
    await sink({ type: "damage", path, position: content.length - rest, fault: `the file ends inside an entry of ${entryBytes} bytes` });
}
