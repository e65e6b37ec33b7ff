import type { ValueAndTimestamp } from "../../stores/store.ts";
import type { Operator, OperatorContext } from "../operator.ts";

/**
 * The step that makes a table, before any task runs it. Whether its changes carry old values, and whether it keeps a store, is settled only when all of the topology is known: something
 * downstream asks.
 */
export interface TableSupplier {
  /** The operator, for one task. Called after the topology is complete. */
  create(): Operator;
  /**
   * Lets the table's changes carry old values from now on. Where that needs a store which is not there, `force` makes one at the source, else the answer is false and changes stay
   * without.
   */
  enableSendingOldValues(force: boolean): boolean;
  /** How joins read the table by key. Asking for it may make a source keep a store. */
  view(): ValueGetterSupplier;
}

/** Reads a table by key, for one task. */
export interface ValueGetter {
  init(context: OperatorContext): void;
  /** Valid until it is called again. */
  get(key: unknown): ValueAndTimestamp<unknown> | null;
  /** Of a versioned table: the value at that time. */
  getAsOf(key: unknown, timestamp: number): ValueAndTimestamp<unknown> | null;
  readonly isVersioned: boolean;
}

/** Makes {@link ValueGetter}s; their reader has to be connected to these stores. */
export interface ValueGetterSupplier {
  readonly storeNames: readonly string[];
  get(): ValueGetter;
}
