import type { TopicPartition } from "@ottla/client";
import { partitionKey } from "../partition-key.ts";
import type { WaitingInputs } from "./input-readiness.ts";

const UNKNOWN = 0;
const READ = 1;
const PAUSED = 2;

/** Which partitions of a task are read no further for now: those of which enough waits, or all. Tells changes only, and looks only at partitions that may have changed: of thousands most stay as they are. */
export class InputPauses {
  readonly #inputs: readonly TopicPartition[];
  readonly #waiting: WaitingInputs;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #states: Uint8Array;
  /** Numbers of the inputs to look at: of which records have come since the last look, or which are not read until enough of what waits is done with. */
  readonly #open = new Set<number>();
  /** As it was at the last look; undefined: there was none. */
  #wereAll: boolean | undefined;

  constructor(inputs: readonly TopicPartition[], waiting: WaitingInputs) {
    this.#inputs = inputs;
    this.#waiting = waiting;
    this.#numbers = new Map(inputs.map(({ topic, partition }, number) => [partitionKey(topic, partition), number]));
    this.#states = new Uint8Array(inputs.length).fill(UNKNOWN);
  }

  /** Records of the partition have come. */
  noteRecords(topic: string, partition: number): void {
    const number = this.#numbers.get(partitionKey(topic, partition));
    if (number !== undefined) this.#open.add(number);
  }

  /** Adds to `paused` and `resumed` what is to change since the last call. `areAll`: none is to be read. */
  changes(areAll: boolean, waitingMax: number, paused: TopicPartition[], resumed: TopicPartition[]): void {
    const numbers = areAll === this.#wereAll ? this.#open : this.#inputs.keys();
    this.#wereAll = areAll;
    for (const number of numbers) {
      const { topic, partition } = this.#inputs[number]!;
      const isFull = this.#waiting.waitingCount(topic, partition) >= waitingMax;
      if (isFull) this.#open.add(number);
      else this.#open.delete(number);
      const next = areAll || isFull ? PAUSED : READ;
      if (this.#states[number] === next) continue;
      this.#states[number] = next;
      (next === PAUSED ? paused : resumed).push({ topic, partition });
    }
  }
}
