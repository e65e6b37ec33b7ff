import type { StateStore } from "../stores/store.ts";
import type { RecordPosition } from "../stores/store-builder.ts";
import { Position } from "./position.ts";

/** Opens stores that see this place and this stream time. */
export type OpenStores = (record: RecordPosition, streamTimeMs: () => number) => ReadonlyMap<string, StateStore>;

/** The stores of a task, open. They may be there before it, filled by somebody else; from then on their times and places are the task's. */
export class OpenedStores {
  readonly position = new Position();
  readonly all: ReadonlyMap<string, StateStore>;
  /** The task's; −1 as long as there is none. */
  streamTimeMs: () => number = () => -1;

  constructor(open: OpenStores) {
    this.all = open(this.position, () => this.streamTimeMs());
  }

  /** Those that a task has closed are closed. */
  close(): void {
    for (const store of this.all.values()) if (store.isOpen) store.close();
  }
}
