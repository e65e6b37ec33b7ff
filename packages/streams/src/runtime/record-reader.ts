import type { DropReason } from "../processors/operator.ts";
import type { AnySerde } from "../serdes/serde.ts";
import { told } from "../known-options.ts";
import { StreamsError } from "../streams-error.ts";
import type { SourcePart } from "../topology/parts.ts";
import type { FailurePolicy } from "./failure-policy.ts";
import { reasonOf } from "../thrown.ts";
import { keyText } from "./failures.ts";
import type { QueuedRecord, RawRecord } from "./record-queues.ts";
import type { SourceOperator } from "./source-operator.ts";
import type { TaskOptions } from "./task-options.ts";

/** Makes of a source's bytes keys, values and times. What cannot be read, or has no time, is passed over where the handler or the extractor says so; else it stops the task. */
export class RecordReader {
  readonly #options: Pick<TaskOptions, "taskId" | "trace" | "onDropped">;
  readonly #failures: FailurePolicy;
  readonly #passedOver: (raw: RawRecord) => void;

  /** `passedOver` is told of each record that nothing will process. */
  constructor(options: Pick<TaskOptions, "taskId" | "trace" | "onDropped">, failures: FailurePolicy, passedOver: (raw: RawRecord) => void) {
    this.#options = options;
    this.#failures = failures;
    this.#passedOver = passedOver;
  }

  /** False: the record is passed over. */
  read(into: QueuedRecord<SourceOperator>, raw: RawRecord, partitionTimeMs: number): boolean {
    const { source } = into;
    const { part } = source;
    const { topic, partition, offset, headers } = raw;
    let key: unknown;
    let value: unknown;
    try {
      key = raw.key === null ? null : this.#deserialize("key", part.name, source.key, raw, raw.key, undefined);
      value = raw.value === null ? null : this.#deserialize("value", part.name, source.value, raw, raw.value, key);
    } catch (error) {
      if (!(error instanceof StreamsError)) throw error;
      const { timestamp, key: sourceKey, value: sourceValue } = raw;
      const { taskId } = this.#options;
      const place = { node: part.name, taskId, topic, partition, offset, timestamp, headers };
      if (this.#failures.deserialize({ ...place, key, value, sourceKey, sourceValue, error, attempt: 1 }) === "fail") throw error;
      this.#drop(raw, key, part.name, "not readable");
      return false;
    }
    const timestamp = this.#timestampOf(part, raw, key, value, partitionTimeMs);
    if (timestamp < 0) {
      this.#drop(raw, key, part.name, "negative timestamp");
      return false;
    }
    into.raw = raw;
    into.key = key;
    into.value = value;
    into.timestamp = timestamp;
    return true;
  }

  /** By the source's extractor. Negative: it drops the record. */
  #timestampOf(part: SourcePart, raw: RawRecord, key: unknown, value: unknown, partitionTimeMs: number): number {
    const { topic, partition, offset, timestamp, headers } = raw;
    if (part.timestamp === undefined) {
      if (Number.isSafeInteger(timestamp) && timestamp >= 0) return timestamp;
      if (timestamp > 0) {
        throw new StreamsError(
          "STREAMS_PROCESSING",
          `The record ${topic}-${partition} at offset ${offset} with key ${keyText(key)} has timestamp ${timestamp}, and times go up to 2^53 - 1: give the source a timestamp extractor that drops or mends such.`,
          { place: { node: part.name, topic, partition, offset, key } },
        );
      }
      throw new StreamsError(
        "STREAMS_NEGATIVE_TIMESTAMP",
        `The record ${topic}-${partition} at offset ${offset} with key ${keyText(key)} has timestamp ${timestamp}: give the source a timestamp extractor that drops or mends such.`,
        { place: { node: part.name, topic, partition, offset, key } },
      );
    }
    const record = `the record ${topic}-${partition} at offset ${offset} with key ${keyText(key)}`;
    const place = { node: part.name, topic, partition, offset, key };
    let extracted: number;
    try {
      extracted = part.timestamp({ topic, partition, offset, timestamp, key, value, headers }, partitionTimeMs);
    } catch (cause) {
      throw new StreamsError("STREAMS_PROCESSING", `The timestamp extractor of ${part.name} threw on ${record}: ${reasonOf(cause)}`, {
        cause,
        place,
      });
    }
    if (Number.isSafeInteger(extracted)) return extracted;
    throw new StreamsError(
      "STREAMS_PROCESSING",
      `The timestamp extractor of ${part.name} gave ${record} the timestamp ${told(extracted)}: it has to be a whole number up to 2^53 - 1, or negative to drop the record.`,
      { place },
    );
  }

  #drop(raw: RawRecord, key: unknown, node: string, reason: DropReason): void {
    this.#passedOver(raw);
    this.#options.trace?.droppedAtSource(raw, key, node, reason);
    this.#options.onDropped?.(node, reason);
  }

  #deserialize(what: "key" | "value", node: string, serde: AnySerde | undefined, raw: RawRecord, bytes: Uint8Array, key: unknown): unknown {
    const { topic, partition, offset } = raw;
    if (serde === undefined) {
      throw new StreamsError("STREAMS_DESERIALIZATION", `Source ${node} has no serde for the ${what}s of ${topic}: give it one.`, {
        place: { node, topic, partition, offset, key },
      });
    }
    try {
      return serde.deserialize(topic, bytes, raw.headers) ?? null;
    } catch (cause) {
      const record = `${topic}-${partition} at offset ${offset}${what === "value" ? ` with key ${keyText(key)}` : ""}`;
      throw new StreamsError(
        "STREAMS_DESERIALIZATION",
        `Source ${node} cannot read the ${what} of ${record} with serde ${serde.name}: ${reasonOf(cause)}`,
        { cause, place: { node, topic, partition, offset, key } },
      );
    }
  }
}
