import type { ConfigRecord } from "./config-state.ts";

/** Where connectors' configs are kept. Several workers may share one; of what they append everybody reads the same in the same order. */
export interface ConfigLog {
  /** Reads all that is there, then goes on; resolves when all that was there at the call was handed over. */
  start(onRecord: (record: ConfigRecord) => void, onFailure: (error: Error) => void): Promise<void>;
  /**
   * Appends records, all or none, and resolves when they were handed over here. Whoever appends is first shown all that others appended before; `decide` is called with nothing between it and the records that it gives.
   */
  append(decide: () => readonly ConfigRecord[]): Promise<void>;
  stop(): Promise<void>;
}
