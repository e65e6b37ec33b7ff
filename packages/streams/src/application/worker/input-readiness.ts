import type { TopicPartition } from "@ottla/client";
import { partitionKey } from "../partition-key.ts";

/** What records wait for a task. */
export interface WaitingInputs {
  /** Of how many partitions. */
  readonly filledQueueCount: number;
  waitingCount(topic: string, partition: number): number;
}

/** How many records of a partition are on the broker and not here; undefined: not known. */
export interface InputLags {
  lag(topic: string, partition: number): number | undefined;
}

/**
 * Whether a task may take its next record: partitions without any are known to have none, or were waited for long enough (`maxTaskIdleMs`). What is known of a partition stays known for a pass, in which no records come, so that a
 * task of thousands of partitions does not look at all of them for each record.
 */
export class InputReadiness {
  readonly #inputs: readonly TopicPartition[];
  readonly #waiting: WaitingInputs;
  readonly #maxTaskIdleMs: number;
  /** Since when nothing of a partition waits, here and on the broker. */
  readonly #idleSinceMs = new Map<string, number>();
  /** Numbers of the inputs that are still to be looked at in this pass: the first so many. */
  readonly #open: Int32Array;
  #openCount: number;

  constructor(inputs: readonly TopicPartition[], waiting: WaitingInputs, maxTaskIdleMs: number) {
    this.#inputs = inputs;
    this.#waiting = waiting;
    this.#maxTaskIdleMs = maxTaskIdleMs;
    this.#open = Int32Array.from(inputs.keys());
    this.#openCount = inputs.length;
  }

  /** Records may have come, or be known of, since the last pass. */
  beginPass(): void {
    this.#openCount = this.#inputs.length;
  }

  /** Records of the partition have come. */
  noteRecords(topic: string, partition: number): void {
    if (this.#maxTaskIdleMs > 0) this.#idleSinceMs.delete(partitionKey(topic, partition));
  }

  /** By the clock that {@link InputReadiness.isReady} is given. */
  idleSinceMs(topic: string, partition: number): number | undefined {
    return this.#maxTaskIdleMs > 0 ? this.#idleSinceMs.get(partitionKey(topic, partition)) : undefined;
  }

  /** Within a pass `nowMs` and `lags` are the same. */
  isReady(nowMs: number, lags: InputLags): boolean {
    const count = this.#waiting.filledQueueCount;
    if (count === this.#inputs.length || this.#inputs.length === 1 || this.#maxTaskIdleMs < 0) return count > 0;
    // Whoever waits for partitions has their clocks begin, whatever else there is.
    if (count === 0 && this.#maxTaskIdleMs === 0) return false;
    let isWaiting = false;
    const open = this.#open;
    for (let at = 0; at < this.#openCount; ) {
      const number = open[at]!;
      const { topic, partition } = this.#inputs[number]!;
      if (this.#waiting.waitingCount(topic, partition) > 0) at++;
      else if (this.#mayPassOver(topic, partition, nowMs, lags)) {
        open[at] = open[--this.#openCount]!;
        open[this.#openCount] = number;
      } else if (this.#maxTaskIdleMs === 0) return false;
      else {
        isWaiting = true;
        at++;
      }
    }
    return count > 0 && !isWaiting;
  }

  #mayPassOver(topic: string, partition: number, nowMs: number, lags: InputLags): boolean {
    const isAtEnd = lags.lag(topic, partition) === 0;
    if (this.#maxTaskIdleMs === 0) return isAtEnd;
    const key = partitionKey(topic, partition);
    if (!isAtEnd) {
      this.#idleSinceMs.delete(key);
      return false;
    }
    const sinceMs = this.#idleSinceMs.get(key);
    if (sinceMs !== undefined) return nowMs - sinceMs >= this.#maxTaskIdleMs;
    this.#idleSinceMs.set(key, nowMs);
    return false;
  }
}
