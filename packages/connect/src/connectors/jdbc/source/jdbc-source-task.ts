import { type Clock, pause } from "@ottla/base";
import type { SourceItem, SourceTaskContext } from "../../../plugin/source-plugin.ts";
import { chosenSources, topicOf } from "./chosen-tables.ts";
import { type JdbcSourceSettings, waitsForOthers } from "./jdbc-source-config.ts";
import { openSourceDatabase, toldFailure, Unreachable } from "./open-source-database.ts";
import { RowReading } from "./row-reading.ts";
import { ColumnsChanged, type SourceDatabase } from "./source-database.ts";

/** Which of the connector's tables a task has: those whose name falls to it. */
export interface JdbcSourceWork {
  readonly task: number;
  readonly tasks: number;
}

/** Columns may change again and again while they are read; so many times in a row are enough. */
const CHANGES_MAX = 5;

/** A task: its tables, each read again when it is time, over a session that is opened again when it breaks. */
export class JdbcSourceTask {
  readonly #settings: JdbcSourceSettings;
  readonly #context: SourceTaskContext<JdbcSourceWork>;
  readonly #clock: Clock;
  readonly #readings = new Map<string, RowReading>();
  #database: SourceDatabase | undefined;
  #tablesMs = 0;
  #failures = 0;
  #changes = 0;
  /** What was said of it already. */
  #blindness: string | undefined;

  constructor(settings: JdbcSourceSettings, context: SourceTaskContext<JdbcSourceWork>, clock: Clock) {
    this.#settings = settings;
    this.#context = context;
    this.#clock = clock;
  }

  async *read(): AsyncGenerator<readonly SourceItem[]> {
    const { signal } = this.#context;
    // Whatever a query is waiting for, it ends with its session.
    const end = (): void => void this.#close();
    signal.addEventListener("abort", end, { once: true });
    try {
      while (!signal.aborted) {
        try {
          const database = await this.#open();
          await this.#findTables(database);
          for (const reading of this.#readings.values()) {
            if (signal.aborted) return;
            if (reading.nextMs > this.#clock.monotonicMs()) continue;
            yield* reading.poll(database);
            this.#failures = 0;
            this.#changes = 0;
          }
        } catch (error) {
          if (signal.aborted) return;
          await this.#failed(error);
          continue;
        }
        this.#measure();
        const nextMs = Math.min(this.#tablesMs, ...[...this.#readings.values()].map((reading) => reading.nextMs));
        const waitMs = nextMs - this.#clock.monotonicMs();
        if (waitMs > 0) await pause(this.#clock, waitMs, signal);
      }
    } finally {
      signal.removeEventListener("abort", end);
      await this.#close();
    }
  }

  async #open(): Promise<SourceDatabase> {
    if (this.#database !== undefined) return this.#database;
    const database = await openSourceDatabase(this.#settings);
    this.#database = database;
    for (const reading of this.#readings.values()) reading.reconnected();
    const { blindness } = database;
    if (blindness !== undefined && blindness !== this.#blindness && waitsForOthers(this.#settings)) this.#context.log.warn(blindness);
    this.#blindness = blindness;
    return database;
  }

  async #findTables(database: SourceDatabase): Promise<void> {
    if (this.#clock.monotonicMs() < this.#tablesMs) return;
    const sources = await chosenSources(this.#settings, database);
    const { task, tasks } = this.#context.task;
    const own = sources.filter(({ name }) => numberOf(name) % tasks === task);
    const names = new Set(own.map(({ name }) => name));
    for (const name of this.#readings.keys()) {
      if (names.has(name)) continue;
      this.#context.log.warn("a table is not there any more and is not read", { table: name });
      this.#readings.delete(name);
    }
    for (const from of own) {
      if (this.#readings.has(from.name)) continue;
      const reading = new RowReading({
        settings: this.#settings,
        from,
        topic: topicOf(this.#settings, from),
        clock: this.#clock,
        log: this.#context.log,
      });
      reading.start(await this.#context.offsets.get(reading.partition));
      this.#readings.set(from.name, reading);
    }
    // A query is there for ever.
    this.#tablesMs =
      this.#settings.query === "" ? this.#clock.monotonicMs() + this.#settings["table.poll.interval.ms"] : Number.POSITIVE_INFINITY;
  }

  /** Throws what time does not mend. */
  async #failed(error: unknown): Promise<void> {
    const { log, signal } = this.#context;
    if (error instanceof ColumnsChanged || isGoneColumn(error)) {
      if (++this.#changes > CHANGES_MAX) throw toldFailure(error);
      this.#tablesMs = 0;
      log.info("columns changed; they are looked at anew");
      // A result may be read in part.
      await this.#close();
      return;
    }
    const isPassing = error instanceof Unreachable || this.#database?.isPassing(error) === true;
    if (!isPassing || ++this.#failures >= this.#settings["connection.attempts"]) throw toldFailure(error);
    const delayMs = this.#settings["connection.backoff.ms"];
    log.warn("the database cannot be read; it is tried again", { error, attempt: this.#failures, delayMs });
    await this.#close();
    await pause(this.#clock, delayMs, signal);
  }

  #measure(): void {
    const { metric } = this.#context;
    metric?.("tables", this.#readings.size);
    metric?.("held_back_ms", Math.max(0, ...[...this.#readings.values()].map(({ heldBackMs }) => heldBackMs)));
  }

  async #close(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    await database?.close().catch(() => {});
  }
}

/** A column or a table that went while it was read: SQLSTATE, MariaDB's names, or SQLite's words. */
function isGoneColumn(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return (
    code === "42703" ||
    code === "42P01" ||
    code === "ER_BAD_FIELD_ERROR" ||
    code === "ER_NO_SUCH_TABLE" ||
    /no such (?:column|table)/.test(error.message)
  );
}

/** The same for the same name, whoever asks. */
function numberOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
