import { invariant } from "@ottla/base";
import type { FanOut, FanOutWalk, InputRecord } from "../processors/operator.ts";
import { Fifo } from "./fifo.ts";
import { Position } from "./position.ts";

/** So many records are made at a time: about a ms. */
const RECORDS_PER_SLICE = 128;

/** What is left of a {@link FanOut}, and the record that it came of. */
export class HeldFanOut {
  readonly fanOut: FanOut;
  /** Of the record, as it was at that node. */
  readonly position = new Position();
  readonly input: InputRecord | undefined;
  attempt = 1;
  #walk: FanOutWalk | undefined;

  constructor(fanOut: FanOut, position: Position, input: InputRecord | undefined, walk: FanOutWalk | undefined) {
    this.fanOut = fanOut;
    this.position.take(position);
    this.input = input;
    this.#walk = walk;
  }

  /** Makes a slice of its records, from the first one on when it begins or was closed. False: that was all. */
  goOn(): boolean {
    this.#walk ??= this.fanOut.begin();
    return makeSlice(this.#walk);
  }

  close(): void {
    this.#walk?.close();
    this.#walk = undefined;
  }
}

/** What a task has begun to make of one record and not ended yet: the more it becomes, the more slices it takes. All of it is of the record, flush or punctuator that the task is at, which bounds how many there are. */
export class FanOuts {
  readonly #waiting = new Fifo<HeldFanOut>();
  #current: HeldFanOut | undefined;

  get isEmpty(): boolean {
    return this.#current === undefined;
  }

  /** The one to go on with. */
  get current(): HeldFanOut | undefined {
    return this.#current;
  }

  /** Makes the first slice at once, which is all of most; what is left waits behind what was left before. */
  add(fanOut: FanOut, position: Position, input: InputRecord | undefined): void {
    if (this.#current !== undefined) {
      this.#waiting.add(new HeldFanOut(fanOut, position, input, undefined));
      return;
    }
    const walk = fanOut.begin();
    let isMore = false;
    try {
      isMore = makeSlice(walk);
    } finally {
      if (!isMore) walk.close();
    }
    if (!isMore) return;
    invariant(this.#current === undefined, "what is made of a fan-out leads out of the task");
    this.#current = new HeldFanOut(fanOut, position, input, walk);
  }

  /** The current one has come to its end. */
  shift(): void {
    this.#current?.close();
    this.#current = this.#waiting.take();
  }

  close(): void {
    while (this.#current !== undefined) this.shift();
  }
}

/** Makes all of it. */
export function makeAll(fanOut: FanOut): void {
  const walk = fanOut.begin();
  try {
    while (walk.next());
  } finally {
    walk.close();
  }
}

function makeSlice(walk: FanOutWalk): boolean {
  for (let i = 0; i < RECORDS_PER_SLICE; i++) if (!walk.next()) return false;
  return true;
}
