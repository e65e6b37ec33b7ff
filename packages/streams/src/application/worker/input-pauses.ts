import type { TopicPartition } from "@ottla/client";
import type { WaitingInputs } from "./input-readiness.ts";

const UNKNOWN = 0;
const READ = 1;
const PAUSED = 2;

/** Which partitions of a task are read no further for now: those of which enough waits, or all. Tells changes only, so that what stays as it is costs nothing. */
export class InputPauses {
  readonly #inputs: readonly TopicPartition[];
  readonly #waiting: WaitingInputs;
  readonly #states: Uint8Array;
  #areAllRead = false;

  constructor(inputs: readonly TopicPartition[], waiting: WaitingInputs) {
    this.#inputs = inputs;
    this.#waiting = waiting;
    this.#states = new Uint8Array(inputs.length).fill(UNKNOWN);
  }

  /** Adds to `paused` and `resumed` what is to change since the last call. `areAll`: none is to be read. */
  changes(areAll: boolean, waitingMax: number, paused: TopicPartition[], resumed: TopicPartition[]): void {
    if (!areAll && this.#areAllRead && this.#waiting.filledQueueCount === 0) return;
    let areAllRead = true;
    for (const [i, input] of this.#inputs.entries()) {
      const next = areAll || this.#waiting.waitingCount(input.topic, input.partition) >= waitingMax ? PAUSED : READ;
      if (next === PAUSED) areAllRead = false;
      if (this.#states[i] === next) continue;
      this.#states[i] = next;
      (next === PAUSED ? paused : resumed).push({ topic: input.topic, partition: input.partition });
    }
    this.#areAllRead = areAllRead;
  }
}
