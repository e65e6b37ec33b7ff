import type { TopicRecord } from "../storage/topic-codec.ts";

/** A record as it was read. */
export interface LoggedRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Where a registry's records are: the topic `_schemas`, or a list in tests. */
export interface RegistryLog {
  /**
   * Reads from the beginning, and goes on reading; resolves when all that was there at the call was handed over. Records come in the order of their offsets, each once. Resolves with `absent` when
   * there is no log yet: who wants to append makes it by `create`.
   * @param onRecords is called with what came, never empty
   * @param onFailure is called once when nothing more can be read
   */
  start(onRecords: (records: readonly LoggedRecord[]) => void, onFailure: (error: Error) => void): Promise<"read" | "absent">;
  /** Makes the log that `start` found absent, unless another did meanwhile, and reads what is in it. May be called again after a rejection, unless `onFailure` was called. */
  create(): Promise<void>;
  /**
   * Appends records in one piece and in their order; resolves with the last one's offset when they are durable. After a rejection they may be there or not.
   */
  append(records: readonly TopicRecord[]): Promise<number>;
  stop(): Promise<void>;
}
