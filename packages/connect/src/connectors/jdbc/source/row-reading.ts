import type { Clock, Logger } from "@ottla/base";
import { ConnectError } from "../../../connect-error.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import { DataError } from "../../../data/data-error.ts";
import { struct } from "../../../data/make-schema.ts";
import { sameSchema } from "../../../data/same-schema.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import type { SourceEvent, SourceItem } from "../../../plugin/source-plugin.ts";
import { floorTo, timeText } from "./exact-time.ts";
import type { JdbcSourceSettings } from "./jdbc-source-config.ts";
import { LateRows } from "./late-rows.ts";
import { type ReadOrder, readOrder } from "./read-order.ts";
import { rowQuery, wholeQuery } from "./row-query.ts";
import { type SourceColumn, readRow } from "./source-column.ts";
import type { RawRow, RowSource, SourceDatabase, SourceFacts } from "./source-database.ts";
import { offsetOf, partitionOf, positionOf, type SourcePosition } from "./source-position.ts";

/** Rows of at most so many bytes are asked for at a time, as far as those before let it be known. */
const PAGE_BYTES = 8 * 1024 * 1024;
const FIRST_ROWS = 100;
/** So many pages of one table, then the others have their turn. */
const PAGES_MAX = 20;
/** Between a transaction's time and that it can be seen. */
const BEGIN_SLACK_US = 200_000n;

/** What a reading works with. */
export interface RowReadingOptions {
  readonly settings: JdbcSourceSettings;
  readonly from: RowSource;
  readonly topic: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One table or query: where its reading is, and the rows behind it at each poll. */
export class RowReading {
  readonly from: RowSource;
  readonly partition: SourcePlace;
  readonly #options: RowReadingOptions;
  readonly #late: LateRows;
  #position: SourcePosition | undefined;
  #completedMs = 0;
  #schema: ConnectSchema | undefined;
  #rowsMax: number;
  #nextMs = 0;

  constructor(options: RowReadingOptions) {
    const { settings, from, clock, log } = options;
    this.#options = options;
    this.from = from;
    this.partition = partitionOf(from);
    this.#late = new LateRows(from, settings.mode === "incrementing" ? "numbers" : "times", clock, log);
    this.#rowsMax = Math.min(FIRST_ROWS, settings["batch.max.rows"]);
  }

  /** When it is to be read again, by the clock's monotonic time. */
  get nextMs(): number {
    return this.#nextMs;
  }

  get heldBackMs(): number {
    return this.#late.heldBackMs;
  }

  /** Where a durable offset says; none: from the beginning, or where `timestamp.initial` says. */
  start(offset: SourcePlace | undefined): void {
    const { settings, clock } = this.#options;
    if (settings.mode === "bulk") {
      this.#completedMs = Number(offset?.["completed_at"] ?? 0);
      const leftMs = this.#completedMs + settings["poll.interval.ms"] - clock.nowMs();
      this.#nextMs = this.#completedMs === 0 ? 0 : clock.monotonicMs() + Math.min(settings["poll.interval.ms"], Math.max(0, leftMs));
      return;
    }
    if (offset !== undefined) this.#position = positionOf(offset);
    else {
      const initial = settings["timestamp.initial"];
      const fromMs = initial === -1 ? clock.nowMs() : initial;
      this.#position = fromMs === undefined ? {} : { time: { us: BigInt(fromMs) * 1000n - 1n } };
    }
  }

  /** Another session with the database. */
  reconnected(): void {
    this.#late.forget();
  }

  /** Whether reading can go by the columns as they are. Throws ConnectError. */
  async check(database: SourceDatabase): Promise<void> {
    readOrder(this.#options.settings, this.from, await database.describe(this.from), database);
  }

  /** The rows that are there now behind the position, a part of them where there are many. */
  async *poll(database: SourceDatabase): AsyncGenerator<readonly SourceItem[]> {
    const { settings, clock } = this.#options;
    const startedMs = clock.monotonicMs();
    this.#nextMs = startedMs + settings["poll.interval.ms"];
    const facts = await database.describe(this.from);
    const order = readOrder(settings, this.from, facts, database);
    const schema = this.#schemaOf(facts.columns);
    if (order === undefined) return yield* this.#bulk(database, facts, schema);
    const bound = await this.#bound(database, order);
    if (bound === undefined) {
      if (this.#late.isHeld) this.#nextMs = startedMs + Math.min(settings["poll.interval.ms"], 100);
      return;
    }
    const timeOf = order.time === undefined ? String : await database.timeWriter(this.from, order.time.expression, order.time.facts);
    const suffix = settings["query.suffix"];
    const query = (limit: string) =>
      rowQuery(this.from, facts, order, this.#position ?? {}, { value: bound }, { database, timeOf, suffix: `${spaced(suffix)}${limit}` });
    if (!order.isUnique || suffix !== "") {
      const { sql, values } = query("");
      yield* this.#ordered(
        database.pages(sql, values, facts, () => this.#rowsMax),
        order,
        facts,
        schema,
      );
      return;
    }
    for (let page = 0; page < PAGES_MAX; page++) {
      const limit = this.#rowsMax;
      const { sql, values } = query(` LIMIT ${limit}`);
      const rows = await database.page(sql, values, facts);
      this.#learn(rows);
      if (rows.length > 0) {
        const events = rows.map((row) => {
          const at = order.positionOf(row);
          return this.#event(row, facts, schema, offsetOf(at), at);
        });
        this.#position = order.positionOf(rows.at(-1)!);
        yield events;
      }
      if (rows.length < limit) return;
    }
    this.#nextMs = startedMs;
  }

  /** All rows. The last one of them says that they were all, so that a restart does not begin before the next time. */
  async *#bulk(database: SourceDatabase, facts: SourceFacts, schema: ConnectSchema): AsyncGenerator<readonly SourceItem[]> {
    const startedMs = this.#options.clock.nowMs();
    const { sql, values } = wholeQuery(database, this.from, facts, spaced(this.#options.settings["query.suffix"]));
    const before = { completed_at: this.#completedMs };
    let held: RawRow | undefined;
    for await (const rows of database.pages(sql, values, facts, () => this.#rowsMax)) {
      this.#learn(rows);
      const ready = held === undefined ? rows.slice(0, -1) : [held, ...rows.slice(0, -1)];
      held = rows.at(-1);
      if (ready.length > 0) yield ready.map((row) => this.#event(row, facts, schema, before));
    }
    this.#completedMs = startedMs;
    const offset = { completed_at: startedMs };
    yield [held === undefined ? { partition: this.partition, offset } : this.#event(held, facts, schema, offset)];
  }

  /** Rows in order. Where only times have a place, a row's offset is behind its time only when it is the last one of it. */
  async *#ordered(
    pages: AsyncGenerator<readonly RawRow[]>,
    order: ReadOrder,
    facts: SourceFacts,
    schema: ConnectSchema,
  ): AsyncGenerator<readonly SourceItem[]> {
    let behind = this.#position ?? {};
    let held: { readonly row: RawRow; readonly at: SourcePosition } | undefined;
    for await (const rows of pages) {
      this.#learn(rows);
      const events: SourceEvent[] = [];
      for (const row of rows) {
        const at = order.positionOf(row);
        if (held !== undefined) {
          if (order.isUnique || held.at.time?.us !== at.time?.us) behind = held.at;
          events.push(this.#event(held.row, facts, schema, offsetOf(behind), held.at));
        }
        held = { row, at };
      }
      this.#position = behind;
      if (events.length > 0) yield events;
    }
    if (held === undefined) return;
    const last = this.#event(held.row, facts, schema, offsetOf(held.at), held.at);
    this.#position = held.at;
    yield [last];
  }

  async #bound(database: SourceDatabase, order: ReadOrder): Promise<bigint | undefined> {
    const { settings } = this.#options;
    const waits = settings["ottla.open.transactions"] === "wait";
    const next = async (): Promise<bigint | undefined> => {
      if (order.time === undefined) {
        const max = await database.value(`SELECT max(${order.number!.expression}) FROM ${this.from.sql}`);
        if (max === null || max === undefined) return undefined;
        const bound = BigInt(max as string);
        return this.#position?.number !== undefined && bound <= this.#position.number ? undefined : bound;
      }
      const slackUs = waits && database.system !== "sqlite" ? BEGIN_SLACK_US : 0n;
      const us = (await database.nowUs()) - BigInt(settings["timestamp.delay.interval.ms"]) * 1000n - slackUs;
      return floorTo(us, order.time.facts.unitUs);
    };
    return waits ? this.#late.bound(database, next) : next();
  }

  #event(row: RawRow, { columns }: SourceFacts, schema: ConnectSchema, offset: SourcePlace, at: SourcePosition = {}): SourceEvent {
    try {
      return { topic: this.#options.topic, value: readRow(columns, row), valueSchema: schema, partition: this.partition, offset };
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      const why = `${error.message} Leave the value out or give it another form by a query.`;
      throw new ConnectError("CONNECT_DATA", `The row of ${this.from.name}${placeText(at)}: ${why}`, {
        cause: error,
        place: { topic: this.#options.topic, ...error.place },
      });
    }
  }

  /** The same schema as long as the columns are the same, since what others derive of it is remembered under it. */
  #schemaOf(columns: readonly SourceColumn[]): ConnectSchema {
    const fields = columns.map(({ name, schema }) => ({ name, schema }));
    const made = struct(fields, { name: this.from.kind === "table" ? this.from.table.name : this.#options.topic });
    if (this.#schema === undefined || !sameSchema(this.#schema, made)) this.#schema = made;
    return this.#schema;
  }

  #learn(rows: readonly RawRow[]): void {
    if (rows.length === 0) return;
    let bytes = 0;
    for (const row of rows) for (const value of row) bytes += typeof value === "string" || value instanceof Uint8Array ? value.length : 8;
    const each = Math.max(1, bytes / rows.length);
    this.#rowsMax = Math.max(1, Math.min(this.#options.settings["batch.max.rows"], this.#rowsMax * 4, Math.floor(PAGE_BYTES / each)));
  }
}

function placeText({ number, time }: SourcePosition): string {
  if (number !== undefined) return ` of number ${number}`;
  return time === undefined ? "" : ` of the time ${timeText(time.us)}`;
}

function spaced(suffix: string): string {
  return suffix === "" ? "" : ` ${suffix}`;
}
