import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  attributes,
  baseOffset,
  baseSequence,
  baseTimestamp,
  batchViews,
  compressionOf,
  crc,
  deleteHorizon,
  lastOffset,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  readRecords,
  recordCount,
} from "@ottla/protocol/records";

/** Of a `.txnindex`. */
const ABORTED_ENTRY_BYTES = 34;

/** A batch of a `.log` file, all that a reader can tell of it. */
export interface FoundBatch {
  readonly segment: string;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  readonly attributes: number;
  /** `baseTimestamp` where there is no delete horizon. */
  readonly baseTimestamp: number | undefined;
  readonly horizonMs: number | undefined;
  readonly maxTimestamp: number;
  readonly producer: string;
  readonly recordCount: number;
  /** Undefined where the codec's library has its say, or the delete horizon. */
  readonly crc: number | undefined;
  readonly records: readonly string[];
}

/** How much Kafka's tool has to find in a partition's directory. */
export function countPartition(directory: string): { readonly batches: number; readonly records: number; readonly aborted: number } {
  const batches = readPartition(directory, true);
  const indexes = readdirSync(directory).filter((name) => name.endsWith(".txnindex"));
  return {
    batches: batches.length,
    records: batches.reduce((sum, batch) => sum + batch.recordCount, 0),
    aborted: indexes.reduce((sum, name) => sum + readFileSync(join(directory, name)).length / ABORTED_ENTRY_BYTES, 0),
  };
}

/** Every batch in a partition's `.log` files; those of the last one, which nobody compacts, only where `withLast`. */
export function readPartition(directory: string, withLast = false): FoundBatch[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(".log"))
    .sort();
  return names
    .slice(0, withLast ? undefined : -1)
    .flatMap((segment) => Array.from(batchViews(readFileSync(join(directory, segment))), (batch) => found(segment, batch)));
}

function found(segment: string, batch: Buffer): FoundBatch {
  const horizon = deleteHorizon(batch, 0);
  return {
    segment,
    baseOffset: baseOffset(batch, 0),
    lastOffset: lastOffset(batch, 0),
    leaderEpoch: partitionLeaderEpoch(batch, 0),
    attributes: attributes(batch, 0),
    baseTimestamp: horizon === null ? baseTimestamp(batch, 0) : undefined,
    horizonMs: horizon ?? undefined,
    maxTimestamp: maxTimestamp(batch, 0),
    producer: `${producerId(batch, 0)}/${producerEpoch(batch, 0)}/${baseSequence(batch, 0)}`,
    recordCount: recordCount(batch, 0),
    crc: horizon === null && compressionOf(batch, 0) === 0 ? crc(batch, 0) : undefined,
    records: readRecords(batch).map(({ offset, timestamp, key, value, headers }) => {
      const text = (bytes: Buffer | null): string => (bytes === null ? "null" : bytes.toString("base64"));
      return `${offset} ${timestamp} ${text(key)} ${text(value)} ${headers.map((header) => `${header.key}=${text(header.value)}`).join(",")}`;
    }),
  };
}
