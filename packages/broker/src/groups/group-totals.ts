import type { CoordinatorRuntime } from "../coordinator/coordinator-runtime.ts";
import type { GroupConfig } from "./group-config.ts";
import type { GroupTypes } from "./group-spec.ts";

/** What all groups of the broker take together, against its bounds. */
export class GroupTotals {
  readonly #runtime: CoordinatorRuntime<GroupTypes>;
  readonly #config: () => GroupConfig;

  constructor(runtime: CoordinatorRuntime<GroupTypes>, config: () => GroupConfig) {
    this.#runtime = runtime;
    this.#config = config;
  }

  /** Whether one more group may be made. */
  hasRoomForGroup(): boolean {
    let count = 0;
    for (const { state } of this.#runtime.active()) count += state.groupCount;
    return count < this.#config().groupsMax;
  }

  /**
   * Whether the members of a group that hold `heldBytes` may come to hold so much more. No group may come to hold more than is free, so that one that is greedy leaves
   * others as much as it has.
   */
  hasRoomForBytes(heldBytes: number, addedBytes: number): boolean {
    let freeBytes = this.#config().groupsHeldBytesMax;
    for (const { state } of this.#runtime.active()) freeBytes -= state.heldBytes;
    return heldBytes + addedBytes <= freeBytes;
  }

  /** Whether committed offsets may come to take so much more. */
  hasRoomForOffsets(bytes: number): boolean {
    let heldBytes = bytes;
    for (const { state } of this.#runtime.active()) heldBytes += state.offsets.heldBytes;
    return heldBytes <= this.#config().offsetsHeldBytesMax;
  }
}
