import { ErrorCode } from "../errors/error-codes.ts";
import { type BatchFault, invalid, RECORD_FAULTS_MAX, type RecordFault } from "./batch-fault.ts";
import { NO_TIMESTAMP, type TimestampType } from "./batch-header.ts";
import type { RecordSink } from "./record-crawler.ts";
import { type MarkRule, RecordMarks } from "./record-marks.ts";

/** What a topic asks of every single record. */
export interface RecordRules {
  /** A compacted topic takes no record without a key. */
  readonly requiresKey: boolean;
  /** Whose times the topic keeps. */
  readonly timestampType: TimestampType;
  /** Bounds of a create time, in ms, from `message.timestamp.before.max.ms` and `after.max.ms`. */
  readonly earliestTimestamp: number;
  readonly latestTimestamp: number;
  /** The largest record, in bytes behind its length field, that a compressed batch may hold: `max.decompressed.message.bytes` of Apache Kafka 4.4. */
  readonly maxUnpackedRecordBytes: number;
  /** What the marks of schemas must be. */
  readonly marks?: MarkRule | undefined;
}

/**
 * Takes the records of one batch, in order, and judges each and all as Apache Kafka does. A record may be at fault by itself (then the others are looked at too, and the
 * producer is told which); or the batch is broken at a record, and there is no use in going on.
 */
export class RecordCheck implements RecordSink {
  readonly #rules: RecordRules;
  /** The batch says that its times were set by a broker, and this is not so. */
  readonly #isStampedByClient: boolean;
  #index = 0;
  #faults: RecordFault[] | undefined;
  #hasBadTime = false;
  /** The largest time of all records; −1 where none has one. */
  maxTimestamp: number = NO_TIMESTAMP;
  /** To be filled for each record before it is taken; undefined where nobody asks. */
  readonly marks: RecordMarks | undefined;
  /** The batch is broken. */
  broken: BatchFault | undefined;

  constructor(rules: RecordRules, batchTimestampType: TimestampType) {
    this.#rules = rules;
    this.#isStampedByClient = batchTimestampType === "logAppendTime";
    this.marks = rules.marks === undefined ? undefined : new RecordMarks();
  }

  get isDone(): boolean {
    return this.broken !== undefined;
  }

  take(offsetDelta: number, timestamp: number, keyLength: number): void {
    const index = this.#index++;
    if (offsetDelta !== index) this.broken ??= invalid(`Record ${index} of a batch has the offset delta ${offsetDelta}.`);
    if (timestamp > this.maxTimestamp) this.maxTimestamp = timestamp;
    const rules = this.#rules;
    if (keyLength < 0 && rules.requiresKey) this.#fault(index, "A compacted topic takes no record without a key.");
    else if (rules.timestampType === "createTime" && timestamp !== NO_TIMESTAMP) {
      if (timestamp > rules.latestTimestamp || timestamp < rules.earliestTimestamp) this.#badTime(index, timestamp);
    } else if (this.#isStampedByClient) {
      this.#hasBadTime = true;
      this.#fault(index, "Only a broker may set the timestamp type to log append time.");
    }
    if (this.marks !== undefined && rules.marks !== undefined) this.#checkMarks(index, this.marks, rules.marks);
  }

  /** What was found; null: nothing. */
  get fault(): BatchFault | null {
    if (this.broken !== undefined) return this.broken;
    const faults = this.#faults;
    if (faults === undefined) return null;
    const [first] = faults;
    const errorCode = this.#hasBadTime ? ErrorCode.INVALID_TIMESTAMP : ErrorCode.INVALID_RECORD;
    return { errorCode, message: `${first!.message} (record ${first!.batchIndex} of the batch)`, records: faults };
  }

  #checkMarks(index: number, marks: RecordMarks, rule: MarkRule): void {
    if (this.#faults !== undefined && this.#faults.length >= RECORD_FAULTS_MAX) return;
    const fault = rule(marks);
    if (fault !== undefined && this.#faults?.at(-1)?.batchIndex !== index) this.#fault(index, fault);
  }

  #badTime(index: number, timestamp: number): void {
    this.#hasBadTime = true;
    const { earliestTimestamp, latestTimestamp } = this.#rules;
    const bounds =
      earliestTimestamp === -Infinity ? `later than ${latestTimestamp}` : `not between ${earliestTimestamp} and ${latestTimestamp}`;
    this.#fault(index, `The timestamp ${timestamp} is ${bounds}.`);
  }

  #fault(batchIndex: number, message: string): void {
    this.#faults ??= [];
    if (this.#faults.length < RECORD_FAULTS_MAX) this.#faults.push({ batchIndex, message });
  }
}
