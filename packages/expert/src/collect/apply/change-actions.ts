import type { Clock } from "@ottla/base";
import type { Admin } from "@ottla/client";
import type { ChangeKind, ChangeOf, ClusterChange } from "../../plan/cluster-change.ts";
import type { ObservedOf } from "../../plan/observed.ts";

/** What a change is made with. */
export interface ApplyWorld {
  readonly admin: Admin;
  readonly clock: Clock;
  /** Ends waits; a call that changes something is not broken off. */
  readonly signal: AbortSignal;
}

/** JSON that is noted before a change is made, and needed to end it properly whatever comes between. */
export type ChangeMemo = { readonly [name: string]: unknown };

/** How a kind of change is looked at and made. */
export interface ChangeActions<Change extends ClusterChange, Seen> {
  /** What there is now of the change's things. Errors: the broker's own. */
  readonly observe: (world: ApplyWorld, change: Change) => Promise<Seen>;
  /** What {@link ChangeActions.finish} will need. */
  readonly prepare?: (world: ApplyWorld, change: Change) => Promise<ChangeMemo>;
  /** Makes it, or makes it whole. Errors: the broker's own. */
  readonly carryOut: (world: ApplyWorld, change: Change, memo: ChangeMemo | undefined) => Promise<void>;
  /** Takes away what was there for the change alone, done or not. Twice is fine. */
  readonly finish?: (world: ApplyWorld, memo: ChangeMemo) => Promise<void>;
  /** How far it is, for people; undefined where nothing is to be told. */
  readonly progress?: (world: ApplyWorld, change: Change, now: Seen) => Promise<string | undefined>;
}

/** The actions of every kind that a program can make. */
export type ActionsTable = { readonly [Kind in Exclude<ChangeKind, "manual">]: ChangeActions<ChangeOf<Kind>, ObservedOf[Kind]> };
