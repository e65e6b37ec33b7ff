import type { StateStore } from "../stores/store.ts";
import { Position } from "./position.ts";
import { type StoreOptions, openStores } from "./task-stores.ts";

/** The stores of a task, open. They may be there before it, filled by somebody else; from then on their times and places are the task's. */
export class OpenedStores {
  readonly position = new Position();
  readonly all: ReadonlyMap<string, StateStore>;
  /** The task's; −1 as long as there is none. */
  streamTimeMs: () => number = () => -1;

  constructor(options: StoreOptions) {
    this.all = openStores(options, this.position, () => this.streamTimeMs());
  }

  close(): void {
    for (const store of this.all.values()) store.close();
  }
}
