import type { Cacheable, ChangeListener, StateStore } from "../store.ts";

/** Lets the cache before a store tell what changes. False when each put is a change: there is none. */
export function giveChanges<Name>(store: StateStore, listener: ChangeListener<Name, unknown>, wantsOldValues: boolean): boolean {
  return "giveChangesTo" in store && (store as unknown as Cacheable<Name, unknown>).giveChangesTo(listener, wantsOldValues);
}
