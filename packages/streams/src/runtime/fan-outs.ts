import { keptValue } from "../processors/change.ts";
import type { FanOut, FanOutWalk, InputRecord } from "../processors/operator.ts";
import type { Headers } from "../record.ts";
import { Position } from "./position.ts";

/** So many steps of a {@link FanOut} are made at a time, as many records as a task takes before it looks at the clock. */
export const STEPS_PER_SLICE = 32;

/** What a task's fan-outs have of it. */
export interface FanOutsHost {
  readonly position: Position;
  input: InputRecord | undefined;
  /** Told by the fan-outs: what operators forward now has to wait. */
  isDeferring: boolean;
  /** How many steps make a slice. */
  readonly stepsPerSlice: number;
  /** Does it as part of the work on a record that had these headers. */
  within(headers: Headers, work: () => void): void;
  /** A later slice failed: true to begin again from its first step, false to let it go; throws what stops the task. */
  failed(held: HeldFanOut, error: unknown): boolean;
}

/** Something that is left to do, and of which record. */
class Held {
  readonly position = new Position();
  readonly input: InputRecord | undefined;

  constructor({ position, input }: FanOutsHost) {
    this.position.take(position);
    this.input = input;
  }
}

/** What is left of a {@link FanOut}. */
export class HeldFanOut extends Held {
  readonly fanOut: FanOut;
  readonly key: unknown;
  readonly value: unknown;
  attempt = 1;
  /** Undefined: it begins with its next slice. */
  walk: FanOutWalk | undefined;

  constructor(host: FanOutsHost, fanOut: FanOut, walk: FanOutWalk | undefined) {
    super(host);
    this.fanOut = fanOut;
    this.walk = walk;
    this.key = fanOut.key;
    this.value = keptValue(fanOut.value);
  }

  close(): void {
    this.walk?.close();
    this.walk = undefined;
  }
}

/** A call that waits for its turn. */
class HeldCall extends Held {
  readonly call: () => void;

  constructor(host: FanOutsHost, call: () => void) {
    super(host);
    this.call = call;
  }
}

/**
 * What a task has begun to make of one record, flush or punctuator and not ended yet, in the order in which one call would do it: what an operator forwards while something is left of a fan-out
 * waits behind that, and so does what the task does after the record. The parts of what is being done come before what it is a part of, so that it is a stack of lists.
 */
export class FanOuts {
  readonly #host: FanOutsHost;
  /** How many steps were made, ever. */
  stepCount = 0;
  /** The last is the next to be done. */
  #left: (HeldFanOut | HeldCall)[] = [];
  /** What came of the one that is being done, the first first. */
  #fresh: (HeldFanOut | HeldCall)[] = [];

  constructor(host: FanOutsHost) {
    this.#host = host;
  }

  get isEmpty(): boolean {
    return this.#left.length === 0 && this.#fresh.length === 0;
  }

  /** Makes the first slice at once, which is all of most; what is left waits for its turn. */
  add(fanOut: FanOut): void {
    const host = this.#host;
    if (host.isDeferring) {
      this.#fresh.push(new HeldFanOut(host, fanOut, undefined));
      return;
    }
    const walk = fanOut.begin();
    let isMore = false;
    try {
      isMore = this.#makeSlice(walk);
    } finally {
      if (!isMore) walk.close();
    }
    if (isMore) this.#hold(new HeldFanOut(host, fanOut, walk));
  }

  /** Does it when all that came before has been done. */
  defer(call: () => void): void {
    this.#hold(new HeldCall(this.#host, call));
  }

  /** Does the next slice or call. Throws what stops the task. */
  goOn(): void {
    const host = this.#host;
    // What was forwarded since, by a cache that makes room for another task's, comes after all that was left.
    if (this.#fresh.length > 0) this.#left = this.#takeFresh().concat(this.#left);
    const next = this.#left.pop();
    if (next === undefined) return;
    host.position.take(next.position);
    host.input = next.input;
    host.isDeferring = false;
    if (next instanceof HeldCall) next.call();
    else host.within(next.position.headers, () => this.#continue(next));
    host.input = undefined;
    for (const held of this.#takeFresh()) this.#left.push(held);
    host.isDeferring = this.#left.length > 0;
  }

  close(): void {
    for (const held of this.#left.splice(0)) if (held instanceof HeldFanOut) held.close();
    for (const held of this.#takeFresh()) if (held instanceof HeldFanOut) held.close();
    this.#host.isDeferring = false;
  }

  #continue(held: HeldFanOut): void {
    let isMore: boolean;
    try {
      held.walk ??= held.fanOut.begin();
      isMore = this.#makeSlice(held.walk);
    } catch (error) {
      held.close();
      isMore = this.#host.failed(held, error);
    }
    if (isMore) this.#left.push(held);
    else held.close();
  }

  /** False: that was all. A step of which something is left ends the slice. */
  #makeSlice(walk: FanOutWalk): boolean {
    const host = this.#host;
    for (let i = 0; i < host.stepsPerSlice; i++) {
      if (!walk.next()) return false;
      this.stepCount++;
      if (host.isDeferring) return true;
    }
    return true;
  }

  #hold(held: HeldFanOut | HeldCall): void {
    this.#fresh.push(held);
    this.#host.isDeferring = true;
  }

  /** In the order of the stack. */
  #takeFresh(): (HeldFanOut | HeldCall)[] {
    const fresh = this.#fresh;
    if (fresh.length > 0) this.#fresh = [];
    return fresh.reverse();
  }
}

/** Makes all of it in one call. */
export function makeAll(fanOut: FanOut): void {
  const walk = fanOut.begin();
  try {
    while (walk.next());
  } finally {
    walk.close();
  }
}
