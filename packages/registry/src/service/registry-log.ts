import type { TopicRecord } from "../storage/topic-codec.ts";

/** A record as it was read. */
export interface LoggedRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/**
 * Where a registry's records are: the topic `_schemas`, or a list in tests. Several instances may have one; of these one leads, and only what it appends comes to be.
 */
export interface RegistryLog {
  /** Which log it is; another one may later have its name. Undefined while there is none. */
  readonly id: string | undefined;
  /**
   * Reads from the beginning, and goes on reading; resolves when all that was there at the call was handed over. Records come in the order of their offsets, each once, and only those that hold.
   * Resolves with `absent` when there is no log yet: who wants to append makes it by `create`.
   * @param onRecords is called with what came, never empty
   * @param onFailure is called once when nothing more can be read
   */
  start(onRecords: (records: readonly LoggedRecord[]) => void, onFailure: (error: Error) => void): Promise<"read" | "absent">;
  /** Makes the log that `start` found absent, unless another did meanwhile, and reads what is in it. May be called again after a rejection, unless `onFailure` was called. */
  create(): Promise<void>;
  /** Shuts out whoever led before: nothing it is writing comes to be that does not already hold. Then appends the record and resolves with its offset. Rejects as `append` does. */
  lead(claim: TopicRecord): Promise<number>;
  /**
   * Appends records in one piece and in their order; resolves with the last one's offset when they hold. Rejects with {@link NotAppended} when they do not and never will; after any other rejection they
   * may hold or not.
   */
  append(records: readonly TopicRecord[]): Promise<number>;
  /** Resolves when all that held at the call was handed over. */
  readToEnd(): Promise<void>;
  stop(): Promise<void>;
}

/** What was to be appended is not there. */
export class NotAppended extends Error {
  /** `notLeading`: another leads. `tooLarge`: no record can be so large. `forbidden`: the log does not take it from this writer. `failed`: it may go well another time. */
  readonly reason: "notLeading" | "tooLarge" | "forbidden" | "failed";

  constructor(reason: NotAppended["reason"], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.reason = reason;
  }
}
