import type { ConfigLog } from "./config-log.ts";
import type { ConfigRecord } from "./config-state.ts";

/** Configs that end with the process. */
export class MemoryConfigLog implements ConfigLog {
  #onRecord: (record: ConfigRecord) => void = () => {};

  start(onRecord: (record: ConfigRecord) => void): Promise<void> {
    this.#onRecord = onRecord;
    return Promise.resolve();
  }

  async append(decide: () => readonly ConfigRecord[]): Promise<void> {
    for (const record of decide()) this.#onRecord(record);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
