import type { TopicRecord } from "../storage/topic-codec.ts";
import type { LoggedRecord, RegistryLog } from "./registry-log.ts";

/** A log that is a list, for tests and for registries that need not last. */
export class MemoryLog implements RegistryLog {
  readonly records: LoggedRecord[];
  #onRecords: ((records: readonly LoggedRecord[]) => void) | undefined;

  constructor(records: readonly LoggedRecord[] = []) {
    this.records = [...records];
  }

  start(onRecords: (records: readonly LoggedRecord[]) => void): Promise<"read" | "absent"> {
    this.#onRecords = onRecords;
    if (this.records.length > 0) onRecords([...this.records]);
    return Promise.resolve("read");
  }

  create(): Promise<void> {
    return Promise.resolve();
  }

  append(records: readonly TopicRecord[]): Promise<number> {
    const added = records.map(({ key, value }, index) => ({ offset: this.records.length + index, key, value }));
    this.records.push(...added);
    // Whoever appends must not count on being told in the same turn: a topic does not either.
    setImmediate(() => this.#onRecords?.(added));
    return Promise.resolve(this.records.length - 1);
  }

  stop(): Promise<void> {
    this.#onRecords = undefined;
    return Promise.resolve();
  }
}
