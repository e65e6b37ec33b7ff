import type { ConnectHeader, SourcePlace } from "../../../data/connect-record.ts";
import type { SourceEvent } from "../../../plugin/source-plugin.ts";
import { messageKeySchema, messageValueSchema, transactionKeySchema, transactionValueSchema } from "../envelope/envelope-schemas.ts";
import type { Lsn } from "../pgoutput/lsn.ts";
import type { LogicalMessage, OldRow, TextRow } from "../pgoutput/pgoutput-message.ts";
import type { CapturedTable, RowValue } from "../tables/captured-table.ts";

/** A record but for its offset, which follows from its place. */
export type EventDraft = Omit<SourceEvent, "offset" | "partition">;

/** A time in the units that records tell it in. Changes of one transaction have the same, and so have all that were read at once. */
interface TimeInUnits {
  readonly ms: bigint;
  readonly us: bigint;
  readonly ns: bigint;
}

/** What `source.snapshot` says. */
export type SnapshotMark = "true" | "first" | "first_in_data_collection" | "last_in_data_collection" | "last" | "false" | "incremental";

/** Where and when a change was. */
export interface ChangeContext {
  readonly lsn: Lsn;
  readonly lastCommitLsn: Lsn | undefined;
  /** Undefined: outside of transactions. */
  readonly xid: number | undefined;
  readonly commitTimeUs: bigint;
  readonly snapshot: SnapshotMark;
  /** With `provide.transaction.metadata`. */
  readonly block: { readonly id: string; readonly total_order: bigint; readonly data_collection_order: bigint } | null;
  readonly nowMs: number;
}

/** What a connector's records have in common. */
export interface EventOptions {
  readonly prefix: string;
  readonly database: string;
  readonly version: string;
  readonly tombstones: boolean;
  readonly headers: readonly ConnectHeader[];
}

/** Makes records of changes: Debezium's envelope. */
export class EventMaker {
  readonly partition: SourcePlace;
  readonly #options: EventOptions;
  readonly #messageTopic: string;
  readonly #transactionTopic: string;
  #nowMs = Number.NaN;
  #now: TimeInUnits = { ms: 0n, us: 0n, ns: 0n };
  #commit: TimeInUnits = { ms: 0n, us: 0n, ns: 0n };
  #xid: number | undefined;
  #txId: bigint | null = null;
  #lastCommitLsn: Lsn | undefined;
  /** Of `sequence`, as far as {@link EventMaker.#lastCommitLsn} decides it. */
  #sequenceStart = '[null,"';

  constructor(options: EventOptions) {
    this.#options = options;
    this.partition = { server: options.prefix };
    this.#messageTopic = `${options.prefix}.message`;
    this.#transactionTopic = `${options.prefix}.transaction`;
  }

  read(table: CapturedTable, row: TextRow, context: ChangeContext): EventDraft {
    return this.#change(table, "r", table.keyOf(row), null, table.rowOf(row), context);
  }

  insert(table: CapturedTable, row: TextRow, context: ChangeContext): EventDraft[] {
    return [this.#change(table, "c", table.keyOf(row), null, table.rowOf(row), context)];
  }

  /** Where the key changes, the row of the old one is deleted and that of the new one created; `next` is the place of the second in the transaction. */
  update(table: CapturedTable, old: OldRow | undefined, row: TextRow, context: ChangeContext, next: () => ChangeContext): EventDraft[] {
    const key = table.keyOf(row, old);
    const after = table.rowOf(row, old);
    const before = old === undefined ? null : table.oldRowOf(old);
    if (!table.changesKey(old, row)) return [this.#change(table, "u", key, old?.kind === "key" ? null : before, after, context)];
    const oldKey = table.keyOf(old!.row);
    const { keySchema } = table;
    const toNew: ConnectHeader = { key: "__debezium.newkey", schema: keySchema, value: key };
    const toOld: ConnectHeader = { key: "__debezium.oldkey", schema: keySchema, value: oldKey };
    return [
      this.#change(table, "d", oldKey, before, null, context, [toNew]),
      ...this.#tombstone(table, oldKey, [toNew]),
      this.#change(table, "c", key, null, after, next(), [toOld]),
    ];
  }

  delete(table: CapturedTable, old: OldRow, context: ChangeContext): EventDraft[] {
    const key = table.keyOf(old.row);
    return [this.#change(table, "d", key, table.oldRowOf(old), null, context), ...this.#tombstone(table, key, [])];
  }

  truncate(table: CapturedTable, context: ChangeContext): EventDraft[] {
    return [{ ...this.#change(table, "t", null, null, null, context), keySchema: undefined }];
  }

  message({ prefix, content }: LogicalMessage, context: ChangeContext): EventDraft[] {
    const { nowMs, block } = context;
    return [
      {
        topic: this.#messageTopic,
        keySchema: messageKeySchema,
        key: { prefix },
        valueSchema: messageValueSchema,
        value: {
          op: "m",
          ts_ms: BigInt(nowMs),
          source: this.#source("", "", context),
          transaction: block,
          message: { prefix, content: Buffer.from(content) },
        },
      },
    ];
  }

  /** `counts` is of each table in the transaction; undefined: it begins. */
  transaction(id: string, commitTimeUs: bigint, counts: ReadonlyMap<string, number> | undefined): EventDraft {
    const collections =
      counts === undefined ? null : [...counts].map(([name, count]) => ({ data_collection: name, event_count: BigInt(count) }));
    const total = counts === undefined ? null : BigInt([...counts.values()].reduce((sum, count) => sum + count, 0));
    return {
      topic: this.#transactionTopic,
      keySchema: transactionKeySchema,
      key: { id },
      valueSchema: transactionValueSchema,
      value: {
        status: counts === undefined ? "BEGIN" : "END",
        id,
        event_count: total,
        data_collections: collections,
        ts_ms: commitTimeUs / 1000n,
      },
    };
  }

  #tombstone(table: CapturedTable, key: RowValue | null, headers: readonly ConnectHeader[]): EventDraft[] {
    if (!this.#options.tombstones || key === null) return [];
    return [{ topic: table.shape.topic, keySchema: table.keySchema, key, value: null, headers: this.#headers(headers) }];
  }

  #change(
    table: CapturedTable,
    op: string,
    key: RowValue | null,
    before: RowValue | null,
    after: RowValue | null,
    context: ChangeContext,
    headers: readonly ConnectHeader[] = [],
  ): EventDraft {
    const { ms, us, ns } = this.#nowOf(context.nowMs);
    return {
      topic: table.shape.topic,
      keySchema: table.keySchema,
      key,
      valueSchema: table.valueSchema,
      value: {
        before,
        after,
        source: this.#source(table.shape.schema, table.shape.table, context),
        transaction: context.block,
        op,
        ts_ms: ms,
        ts_us: us,
        ts_ns: ns,
      },
      headers: this.#headers(headers),
    };
  }

  #headers(own: readonly ConnectHeader[]): readonly ConnectHeader[] {
    return own.length === 0 ? this.#options.headers : [...own, ...this.#options.headers];
  }

  #nowOf(nowMs: number): TimeInUnits {
    if (nowMs === this.#nowMs) return this.#now;
    const ms = BigInt(nowMs);
    this.#nowMs = nowMs;
    this.#now = { ms, us: ms * 1000n, ns: ms * 1_000_000n };
    return this.#now;
  }

  #commitOf(us: bigint): TimeInUnits {
    if (us !== this.#commit.us) this.#commit = { ms: us / 1000n, us, ns: us * 1000n };
    return this.#commit;
  }

  #txIdOf(xid: number | undefined): bigint | null {
    if (xid !== this.#xid) {
      this.#xid = xid;
      this.#txId = xid === undefined ? null : BigInt(xid);
    }
    return this.#txId;
  }

  #sequenceOf(lastCommitLsn: Lsn | undefined, lsn: Lsn): string {
    if (lastCommitLsn !== this.#lastCommitLsn) {
      this.#lastCommitLsn = lastCommitLsn;
      this.#sequenceStart = lastCommitLsn === undefined ? '[null,"' : `["${lastCommitLsn}","`;
    }
    return `${this.#sequenceStart}${lsn}"]`;
  }

  #source(schema: string, table: string, { lsn, lastCommitLsn, xid, commitTimeUs, snapshot }: ChangeContext): RowValue {
    const { ms, us, ns } = this.#commitOf(commitTimeUs);
    return {
      version: this.#options.version,
      connector: "postgresql",
      name: this.#options.prefix,
      ts_ms: ms,
      snapshot,
      db: this.#options.database,
      sequence: this.#sequenceOf(lastCommitLsn, lsn),
      ts_us: us,
      ts_ns: ns,
      schema,
      table,
      txId: this.#txIdOf(xid),
      lsn,
      xmin: null,
    };
  }
}
