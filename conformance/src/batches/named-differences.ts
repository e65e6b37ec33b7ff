import type { BatchCase } from "./batch-case.ts";
import type { Observation } from "./observe.ts";
import { targetTopics } from "./target-topics.ts";

/** A way in which ours is meant to differ from Apache Kafka. */
export interface NamedDifference {
  readonly name: string;
  readonly why: string;
  explains(kafka: Observation, ours: Observation, batch: BatchCase): boolean;
}

const UNKNOWN_SERVER_ERROR = -1;
const INVALID_RECORD = 87;
const RECORD_ERRORS_MAX = 100;

const isPacked = ({ records }: BatchCase): boolean => records.length > 22 && (records[22]! & 7) !== 0;
const isPackedAnew = ({ topic }: BatchCase): boolean => "compression.type" in targetTopics[topic];
const says = ({ message }: Observation, pattern: RegExp): boolean => message !== null && pattern.test(message);

export const namedDifferences: readonly NamedDifference[] = [
  {
    name: "int64",
    why: "Numbers outside the safe integers are refused (ADR 1); Kafka takes them, or names each record.",
    explains: (_kafka, ours) => says(ours, /outside the safe integers|or fit/),
  },
  {
    name: "offset deltas",
    why: "Records whose offsets do not follow each other are INVALID_RECORD: readers would see offsets twice or never. Kafka stores them where they are not packed, mends them where it packs anew, and answers UNKNOWN_SERVER_ERROR otherwise.",
    explains: (_kafka, ours) => says(ours, /has the offset delta/),
  },
  {
    name: "record lengths in packed data",
    why: "Kafka does not compare a packed record's length with its fields; its own consumer cannot read such a record. Ours refuses it.",
    explains: (kafka, ours, batch) =>
      isPacked(batch) &&
      ours.errorCode === INVALID_RECORD &&
      ours.recordErrors.length === 0 &&
      kafka.errorCode !== UNKNOWN_SERVER_ERROR &&
      (kafka.errorCode !== INVALID_RECORD || kafka.recordErrors.length > 0),
  },
  {
    name: "lz4 checks",
    why: "A wrong content checksum or content size is refused: lz4's own library, and clients that use it, cannot read such data.",
    explains: (_kafka, ours) => says(ours, /lz4 .*(wrong content checksum|another size)|its frame header says/),
  },
  {
    name: "packed anew",
    why: "Kafka fails to build a new batch of records with times before 1970, or of a producer without an epoch, and gives all records the batch's time where a client had set append time. Ours leaves the records' bytes alone.",
    explains: (kafka, ours, batch) =>
      isPackedAnew(batch) && ours.errorCode === 0 && (kafka.errorCode === UNKNOWN_SERVER_ERROR || (batch.records[22]! & 8) !== 0),
  },
  {
    name: "long lists",
    why: `At most ${RECORD_ERRORS_MAX} records at fault are named.`,
    explains: (kafka, ours) =>
      kafka.errorCode === ours.errorCode && ours.recordErrors.length === RECORD_ERRORS_MAX && kafka.recordErrors.length > RECORD_ERRORS_MAX,
  },
  {
    name: "which of two faults",
    why: "Of packed data that is damaged inside, Kafka may have read more or less before it comes to the damage; both refuse it.",
    explains: (kafka, ours, batch) => {
      const codes = [kafka.errorCode, ours.errorCode];
      return isPacked(batch) && codes.includes(UNKNOWN_SERVER_ERROR) && codes.includes(INVALID_RECORD);
    },
  },
];
