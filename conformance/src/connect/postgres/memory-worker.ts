// What a worker does with a source, in memory: records, offsets, acknowledgement, and deaths at any place.
import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandom } from "@ottla/base/simulated";
import type { ConfigShape, SourceItem, SourcePlace, SourceTaskContext } from "@ottla/connect";
import { postgresSource } from "@ottla/connect/postgres";
import { configValues } from "./source-config.ts";

/** Whether records and their offset become durable together (a transaction), or the offset later than they. */
export type Guarantee = "exactlyOnce" | "atLeastOnce";

/** A line that a task logged. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** JSON's numbers lose what the offset's are; a stored offset must survive being text. */
const stored = (place: SourcePlace): SourcePlace =>
  JSON.parse(
    JSON.stringify(place, (_, value: unknown) => (typeof value === "bigint" ? { big: String(value) } : value)),
    (_, value: unknown) => (typeof value === "object" && value !== null && "big" in value ? BigInt(String(value.big)) : value),
  ) as SourcePlace;

/** Records that were written, in order, and the offset that is durable. Outlives the tasks that fill it. */
export class MemoryTopics {
  readonly records: SourceItem[] = [];
  offset: SourcePlace | undefined;
  /** A source said that it had read all rows; whether they are durable is another question. */
  isSnapshotDone = false;
  /** Something died before the snapshot was done: the worker before all of it was durable, the server before all of it was handed over. */
  wasSnapshotCutOff = false;
  /** How often the server was lost, by what it said. */
  readonly losses = new Map<string, number>();
  /** When the last row of a snapshot was written. */
  onSnapshotRow: () => void = () => undefined;
}

const isSnapshotRow = ({ offset }: SourceItem): boolean => offset["snapshot"] !== undefined;
const isBehindSnapshot = (offset: SourcePlace | undefined): boolean => offset !== undefined && offset["snapshot"] === undefined;

/** What a task needs of a source, whatever its settings are. */
export interface TriedSource {
  readonly config: ConfigShape;
  read(config: never, context: SourceTaskContext<Record<string, unknown>>): AsyncIterable<SourceItem | readonly SourceItem[]>;
  acked?(partition: SourcePlace, offset: SourcePlace, context: SourceTaskContext<Record<string, unknown>>): Promise<void> | void;
}

/** One life of a task. */
export class MemoryTask {
  readonly logged: LoggedLine[] = [];
  readonly metrics = new Map<string, number>();
  readonly ended: Promise<Error | undefined>;
  readonly #abort = new AbortController();
  readonly #topics: MemoryTopics;
  readonly #guarantee: Guarantee;
  readonly #source: TriedSource;
  #waiting: SourceItem[] = [];
  /** Of the last item that came from the source, or that a task before it made durable. */
  #handedOver: SourcePlace | undefined;
  #isDead = false;

  constructor(
    topics: MemoryTopics,
    settings: Readonly<Record<string, string>>,
    guarantee: Guarantee,
    random?: SeededRandom,
    source: TriedSource = postgresSource,
  ) {
    this.#source = source;
    this.#topics = topics;
    this.#handedOver = topics.offset;
    this.#guarantee = guarantee;
    const config = configValues(source.config, settings);
    const log =
      (level: string) =>
      (message: string, fields = {}): void => {
        this.logged.push({ level, message, fields });
        const { problem } = fields as { readonly problem?: string };
        if (problem !== undefined) topics.losses.set(problem, (topics.losses.get(problem) ?? 0) + 1);
        if (problem !== undefined && !isBehindSnapshot(this.#handedOver)) topics.wasSnapshotCutOff = true;
        if (message === "The rows that were there are read") topics.isSnapshotDone = true;
      };
    const context: SourceTaskContext<Record<string, unknown>> = {
      connector: "cdc",
      task: {},
      signal: this.#abort.signal,
      log: { error: log("error"), warn: log("warn"), info: log("info"), debug: log("debug") },
      offsets: { get: () => Promise.resolve(topics.offset === undefined ? undefined : stored(topics.offset)) },
      metric: (name, value) => void this.metrics.set(name, value),
    };
    this.ended = this.#run(config, context, random).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  }

  /** As SIGKILL: nothing more becomes durable, nothing more is acknowledged. */
  async kill(): Promise<void> {
    this.#isDead = true;
    if (!isBehindSnapshot(this.#topics.offset)) this.#topics.wasSnapshotCutOff = true;
    this.#abort.abort();
    await this.ended;
  }

  /** A clean stop: what was handed over becomes durable. */
  async stop(): Promise<Error | undefined> {
    this.#abort.abort();
    return this.ended;
  }

  async #run(config: unknown, context: SourceTaskContext<Record<string, unknown>>, random: SeededRandom | undefined): Promise<undefined> {
    for await (const yielded of this.#source.read(config as never, context)) {
      if (this.#isDead) return undefined;
      for (const item of "partition" in yielded ? [yielded] : yielded) {
        if (this.#isDead) return undefined;
        this.#waiting.push(item);
        this.#handedOver = item.offset;
        // Durable at any record, in the middle of transactions too.
        if (random !== undefined && random.nextInt(50) === 0) this.#commit(context, random.nextInt(2) === 0);
      }
      if (random === undefined || random.nextInt(3) > 0) this.#commit(context, true);
      else await sleep(random.nextInt(3));
    }
    if (!this.#isDead) this.#commit(context, true);
    return undefined;
  }

  #commit(context: SourceTaskContext<Record<string, unknown>>, isOffsetDurable: boolean): void {
    const last = this.#waiting.at(-1);
    if (last === undefined || this.#isDead) return;
    if (this.#guarantee === "exactlyOnce" && !isOffsetDurable) return;
    if (this.#waiting.some(isSnapshotRow)) {
      this.#topics.onSnapshotRow();
    }
    this.#topics.records.push(...this.#waiting.filter(({ topic }) => topic !== undefined));
    this.#waiting = [];
    if (!isOffsetDurable) return;
    this.#topics.offset = stored(last.offset);
    void this.#source.acked?.(last.partition, this.#topics.offset, context);
  }
}
