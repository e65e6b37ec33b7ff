import type { ConnectHeader, SourcePlace } from "../../../data/connect-record.ts";
import type { SourceEvent } from "../../../plugin/source-plugin.ts";
import { transactionKeySchema, transactionValueSchema } from "../../debezium/common-schemas.ts";
import type { Flavour } from "../envelope/envelope-schemas.ts";
import type { CapturedTable, RawValues, RowValue } from "../tables/captured-table.ts";

/** A record but for its offset, which follows from its place. */
export type EventDraft = Omit<SourceEvent, "offset" | "partition">;

/** What `source.snapshot` says. */
export type SnapshotMark = "true" | "first" | "first_in_data_collection" | "last_in_data_collection" | "last" | "false";

/** Where and when a change was. */
export interface ChangeContext {
  readonly tsSec: number;
  readonly serverId: number;
  readonly gtid: string | undefined;
  readonly file: string;
  /** Where its event begins. */
  readonly position: bigint;
  /** Which row of the event. */
  readonly row: number;
  readonly threadId: number | undefined;
  readonly query: string | undefined;
  readonly snapshot: SnapshotMark;
  /** With `provide.transaction.metadata`. */
  readonly block: { readonly id: string; readonly total_order: bigint; readonly data_collection_order: bigint } | null;
  readonly nowMs: number;
}

/** What a connector's records have in common. */
export interface EventOptions {
  readonly prefix: string;
  readonly flavour: Flavour;
  readonly version: string;
  readonly tombstones: boolean;
  readonly headers: readonly ConnectHeader[];
}

/** Makes records of changes: Debezium's envelope. */
export class EventMaker {
  readonly partition: SourcePlace;
  readonly #options: EventOptions;
  readonly #transactionTopic: string;

  constructor(options: EventOptions) {
    this.#options = options;
    this.partition = { server: options.prefix };
    this.#transactionTopic = `${options.prefix}.transaction`;
  }

  read(table: CapturedTable, row: RawValues, context: ChangeContext): EventDraft {
    return this.#change(table, "r", table.keyOf(row), null, table.rowOf(row), context);
  }

  insert(table: CapturedTable, row: RawValues, context: ChangeContext): EventDraft[] {
    return [this.#change(table, "c", table.keyOf(row), null, table.rowOf(row), context)];
  }

  /** Where the key changes, the row of the old one is deleted and that of the new one created; `next` is the place of the second in the transaction. */
  update(table: CapturedTable, old: RawValues, row: RawValues, context: ChangeContext, next: () => ChangeContext): EventDraft[] {
    const key = table.keyOf(row);
    const after = table.rowOf(row);
    const before = table.rowOf(old);
    if (key === null || !table.changesKey(old, row)) return [this.#change(table, "u", key, before, after, context)];
    const oldKey = table.keyOf(old);
    const { keySchema } = table;
    const toNew: ConnectHeader = { key: "__debezium.newkey", schema: keySchema, value: key };
    const toOld: ConnectHeader = { key: "__debezium.oldkey", schema: keySchema, value: oldKey };
    return [
      this.#change(table, "d", oldKey, before, null, context, [toNew]),
      ...this.#tombstone(table, oldKey, [toNew]),
      this.#change(table, "c", key, null, after, next(), [toOld]),
    ];
  }

  delete(table: CapturedTable, old: RawValues, context: ChangeContext): EventDraft[] {
    const key = table.keyOf(old);
    return [this.#change(table, "d", key, table.rowOf(old), null, context), ...this.#tombstone(table, key, [])];
  }

  truncate(table: CapturedTable, context: ChangeContext): EventDraft[] {
    return [{ ...this.#change(table, "t", null, null, null, context), keySchema: undefined }];
  }

  /** `counts` is of each table in the transaction; undefined: it begins. */
  transaction(id: string, tsSec: number, counts: ReadonlyMap<string, number> | undefined): EventDraft {
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
        ts_ms: BigInt(tsSec) * 1000n,
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
    const nowMs = BigInt(context.nowMs);
    return {
      topic: table.shape.topic,
      keySchema: table.keySchema,
      key,
      valueSchema: table.valueSchema,
      value: {
        before,
        after,
        source: this.#source(table, context),
        transaction: context.block,
        op,
        ts_ms: nowMs,
        ts_us: nowMs * 1000n,
        ts_ns: nowMs * 1_000_000n,
      },
      headers: this.#headers(headers),
    };
  }

  #headers(own: readonly ConnectHeader[]): readonly ConnectHeader[] {
    return own.length === 0 ? this.#options.headers : [...own, ...this.#options.headers];
  }

  #source({ shape }: CapturedTable, context: ChangeContext): RowValue {
    const { tsSec, serverId, gtid, file, position, row, threadId, query, snapshot } = context;
    const { version, flavour, prefix } = this.#options;
    const second = BigInt(tsSec);
    return {
      version,
      connector: flavour,
      name: prefix,
      ts_ms: second * 1000n,
      snapshot,
      db: shape.database,
      sequence: null,
      ts_us: second * 1_000_000n,
      ts_ns: second * 1_000_000_000n,
      table: shape.table,
      server_id: BigInt(serverId),
      gtid: gtid ?? null,
      file,
      pos: position,
      row,
      thread: threadId === undefined ? null : BigInt(threadId),
      query: query ?? null,
    };
  }
}
