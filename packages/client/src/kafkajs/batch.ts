import type { ConsumerBatch } from "../consumer/consumer-types.ts";
import type { KafkaMessage } from "./message-types.ts";
import { toKafkaMessage } from "./read-message.ts";

/** What `eachBatch` is given of a partition. */
export class Batch {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: KafkaMessage[];
  readonly #lastOffset: number;

  constructor(batch: ConsumerBatch) {
    this.topic = batch.topic;
    this.partition = batch.partition;
    this.highWatermark = String(batch.highWatermark);
    this.messages = Array.from(batch, toKafkaMessage);
    this.#lastOffset = batch.nextOffset - 1;
  }

  isEmpty(): boolean {
    return this.messages.length === 0;
  }

  firstOffset(): string | null {
    return this.messages[0]?.offset ?? null;
  }

  /** Of all that was read, markers and aborted messages included. */
  lastOffset(): string {
    return String(this.#lastOffset);
  }

  /** Messages behind the last one of this batch. */
  offsetLag(): string {
    return String(Math.max(0, Number(this.highWatermark) - 1 - this.#lastOffset));
  }

  /** Messages behind the first one of this batch. */
  offsetLagLow(): string {
    const first = this.firstOffset();
    return first === null ? "0" : String(Math.max(0, Number(this.highWatermark) - 1 - Number(first)));
  }
}
