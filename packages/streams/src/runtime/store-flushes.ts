import { flushInSteps } from "../stores/flushes-in-steps.ts";
import type { StateStore } from "../stores/store.ts";
import type { FanOuts } from "./fan-outs.ts";

/** One after another all stores are flushed: for which time, and how many steps had been made before. */
interface Pass {
  readonly number: number;
  readonly begun: number;
}

/** What the flush of a task's stores has of it. */
export interface StoreFlushesHost {
  readonly stores: readonly StateStore[];
  /** Undefined: all is made in one call. */
  readonly fanOuts: FanOuts | undefined;
  /** How many steps make a slice. */
  readonly stepsPerSlice: number;
  /** Does it when what is fanning out has been done: the task is in the middle of it until then. */
  readonly after: (call: () => void) => void;
}

/** Lets a task's caches give on what they hold, and its stores write what they write at a commit, in slices of all of them together. */
export class StoreFlushes {
  readonly #host: StoreFlushesHost;

  constructor(host: StoreFlushesHost) {
    this.#host = host;
  }

  /** With so many steps in this call at most; what is left comes behind them. */
  flush(stepsMax: number): void {
    const { stores, fanOuts } = this.#host;
    if (fanOuts !== undefined) return this.#from(fanOuts, 0, stepsMax, passOf(fanOuts, 0));
    for (let i = 0; i < stores.length; i++) stores[i]?.flush();
  }

  /** Again, where something came of it: that may have gone into a store that had had its turn. */
  #from(fanOuts: FanOuts, first: number, stepsMax: number, pass: Pass): void {
    const { stores } = this.#host;
    const begun = fanOuts.stepCount;
    for (let from = first; ; from = 0) {
      for (let i = from; i < stores.length; i++) {
        if (fanOuts.stepCount - begun >= stepsMax) return this.#later(fanOuts, i, pass);
        flushOne(fanOuts, stores[i] as StateStore);
        if (!fanOuts.isEmpty) return this.#later(fanOuts, i + 1, pass);
      }
      // Each goes at least to the next one; whoever writes to what is before it would do so for ever.
      if (fanOuts.stepCount === pass.begun || pass.number >= stores.length) return;
      pass = passOf(fanOuts, pass.number + 1);
    }
  }

  /** Apart: a function that has a closure makes garbage for each record. */
  #later(fanOuts: FanOuts, next: number, pass: Pass): void {
    this.#host.after(() => this.#from(fanOuts, next, this.#host.stepsPerSlice, pass));
  }
}

function passOf({ stepCount }: FanOuts, number: number): Pass {
  return { number, begun: stepCount };
}

function flushOne(fanOuts: FanOuts, store: StateStore): void {
  const walk = flushInSteps(store);
  if (walk === undefined) store.flush();
  else fanOuts.add({ operator: undefined, key: undefined, value: undefined, begin: () => walk });
}
