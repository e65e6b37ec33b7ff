import type { Logger } from "@ottla/base";
import type { ConnectPlace } from "../connect-error.ts";
import { SecretMask } from "../secrets/secret-mask.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { WireRecord } from "./pipeline.ts";
import type { ErrorSettings } from "./task-settings.ts";

/** What is done about records that cannot be processed, in one place for sources and sinks and for every stage. */
export class RecordErrors {
  readonly #settings: ErrorSettings;
  readonly #letters: DeadLetters | undefined;
  readonly #logger: Logger;
  readonly #mask: SecretMask;
  #count = 0;

  constructor(settings: ErrorSettings, letters: DeadLetters | undefined, logger: Logger, mask: SecretMask = new SecretMask()) {
    this.#mask = mask;
    this.#settings = settings;
    this.#letters = letters;
    this.#logger = logger;
  }

  /** Records that were left out since the start. */
  get count(): number {
    return this.#count;
  }

  get toleratesAll(): boolean {
    return this.#settings.toleratesAll;
  }

  /** Resolves when the record may be passed over: its dead letter, where there is one, is durable. Throws the failure where none is tolerated. */
  async take(thrown: Error, place: ConnectPlace, record: () => WireRecord & { readonly timestampMs?: number | undefined }): Promise<void> {
    const failure = this.#mask.error(thrown);
    if (!this.#settings.toleratesAll) throw failure;
    this.#count++;
    if (this.#settings.logs) {
      const fields = this.#settings.logsRecords
        ? { ...place, error: failure.message }
        : { connector: place.connector, task: place.task, stage: place.stage };
      this.#logger.error("a record was left out", fields);
    }
    await this.#letters?.send(record(), place, failure);
  }

  close(): Promise<void> {
    return this.#letters?.close() ?? Promise.resolve();
  }
}
