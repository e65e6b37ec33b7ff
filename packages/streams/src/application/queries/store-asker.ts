import { partitionOfKey } from "@ottla/protocol/records";
import { noHeaders } from "../../record.ts";
import { StreamsError } from "../../streams-error.ts";
import { endOf, tokenOf } from "./page-token.ts";
import { partitionsOf, type QueryableStore } from "./queryable-stores.ts";
import { type AnswerInfo, checkLimit, type Page, PAGE_ROWS, type PageOptions, type QueryOptions } from "./store-options.ts";
import { StoreQueryError, type StoreQueryErrorCode } from "./store-query-error.ts";
import type { PartitionAsk, PartitionPage, RowPlace, StoredRow, StoreQuery } from "./store-query.ts";
import { reasonOf } from "../../thrown.ts";
import { writtenBytes } from "../../serdes/written-bytes.ts";

/** So many rows are asked for at once by a walk over all. */
const WALK_ROWS = 1_000;
/** So much of keys and values a page has at most, and the row that is over it: it is one answer in memory. */
const PAGE_BYTES = 1024 * 1024;
/** Who waits looks again after a quarter of the time that it has waited, so that many who wait for long cost little. */
const LOOK_AGAIN_MS = { min: 10, max: 250 };
/** What may be otherwise in a moment. */
const passing: ReadonlySet<StoreQueryErrorCode> = new Set<StoreQueryErrorCode>([
  "STREAMS_STORE_RESTORING",
  "STREAMS_STORE_MOVED",
  "STREAMS_STORE_UNAVAILABLE",
  "STREAMS_QUERY_BEHIND",
  "STREAMS_QUERY_REMOTE",
]);

/** What questions are brought to. */
export interface AskerHost {
  /** Throws {@link StoreQueryError}. */
  store(name: string): QueryableStore;
  /** Rejects with {@link StoreQueryError}. */
  read(ask: PartitionAsk, isAnywhere: boolean, signal: AbortSignal | undefined): Promise<PartitionPage>;
  pause(delayMs: number): Promise<void>;
  /** Lets others have their turn. */
  nextTurn(): Promise<void>;
  nowMs(): number;
}

/** A row, and who gave it. */
export interface AnsweredRow extends AnswerInfo {
  readonly row: StoredRow;
}

/** Brings questions to the partitions that they are for, and puts the answers together: partition after partition, page after page, with a turn for others between them. */
export class StoreAsker {
  readonly #host: AskerHost;

  constructor(host: AskerHost) {
    this.#host = host;
  }

  /** A key as the store writes it. Throws `STREAMS_NULL_KEY`, `STREAMS_SERIALIZATION`. */
  keyBytes(name: string, key: unknown): Uint8Array {
    const { key: serde, topic } = this.#host.store(name);
    if (key === null || key === undefined)
      throw new StreamsError("STREAMS_NULL_KEY", `Store ${name} is asked for a null key, which none of its entries can have.`);
    try {
      // A copy: serdes may lend theirs.
      return Buffer.from(writtenBytes(serde.serialize(topic, key, noHeaders)));
    } catch (cause) {
      throw new StreamsError(
        "STREAMS_SERIALIZATION",
        `Store ${name} cannot be asked for a key that its serde ${serde.name} does not write: ${reasonOf(cause)}`,
        { cause },
      );
    }
  }

  /** The topic by whose name the store's serdes are called. */
  topicOf(name: string): string {
    return this.#host.store(name).topic;
  }

  /** Which partition a key belongs to. */
  partitionOf(name: string, key: unknown, keyBytes: Uint8Array): number {
    const store = this.#host.store(name);
    if (store.isGlobal) return -1;
    if (store.partitionCount === 0) return 0;
    return (
      store.key.partitionOf?.(store.topic, key, noHeaders, store.partitionCount) ??
      partitionOfKey(Buffer.from(keyBytes), store.partitionCount)
    );
  }

  /** The row that a question for one key has for an answer; undefined: none. Where records may have come by another partitioner, the other partitions are asked as well, as far as they are here. */
  async one(name: string, key: unknown, keyBytes: Uint8Array, query: StoreQuery, options: QueryOptions): Promise<AnsweredRow | undefined> {
    const its = options.partition ?? this.partitionOf(name, key, keyBytes);
    const found = await this.#first(name, its, query, options);
    if (found !== undefined || options.partition !== undefined) return found;
    const store = this.#host.store(name);
    for (const partition of partitionsOf(store)) {
      if (partition === its) continue;
      const isAnywhere = options.anywhere === true && !store.isPartitionedByKey;
      try {
        const other = await this.#first(name, partition, query, {
          ...options,
          anywhere: isAnywhere,
          waitMs: isAnywhere ? options.waitMs : 0,
        });
        if (other !== undefined) return other;
      } catch (error) {
        // What is elsewhere is asked there, if it has to be.
        if (isAnywhere || !(error instanceof StoreQueryError) || !passing.has(error.code)) throw error;
      }
    }
    return undefined;
  }

  /** All rows, one after another. The page that is read at a time bounds what is in memory. */
  async *walk(
    name: string,
    partitions: readonly number[] | undefined,
    query: StoreQuery,
    options: QueryOptions,
  ): AsyncGenerator<AnsweredRow, void> {
    for (const partition of partitions ?? this.#partitions(name, options)) {
      let after: RowPlace | null = null;
      do {
        const page: PartitionPage = await this.#read(name, partition, query, after, WALK_ROWS, options);
        const { role, lag, position } = page;
        for (const row of page.rows) yield { row, partition, role, lag, position };
        after = page.next;
        if (after !== null) await this.#host.nextTurn();
      } while (after !== null);
    }
  }

  async page(
    name: string,
    partitions: readonly number[] | undefined,
    query: StoreQuery,
    options: QueryOptions,
    { limit = PAGE_ROWS, after }: PageOptions,
  ): Promise<Page<AnsweredRow>> {
    checkLimit(limit);
    const all = partitions ?? this.#partitions(name, options);
    const begin = after === undefined ? undefined : endOf(after);
    let at = begin === undefined ? 0 : all.indexOf(begin.partition);
    if (at < 0)
      throw new StoreQueryError("STREAMS_BAD_ARGUMENT", `This page's after is of partition ${begin?.partition}, which is not asked.`, {
        store: name,
      });
    let place = begin?.after ?? null;
    const rows: AnsweredRow[] = [];
    const answers: AnswerInfo[] = [];
    let bytes = 0;
    for (; at < all.length; at++) {
      const partition = all[at]!;
      do {
        if (rows.length >= limit || bytes >= PAGE_BYTES) return { rows, next: tokenOf({ partition, after: place }), answers };
        const page: PartitionPage = await this.#read(name, partition, query, place, limit - rows.length, options);
        const info = { partition, role: page.role, lag: page.lag, position: page.position };
        if (answers.at(-1)?.partition === partition) answers.pop();
        answers.push(info);
        for (const row of page.rows) {
          rows.push({ row, ...info });
          bytes += row.key.length + row.value.length;
        }
        place = page.next;
        if (place !== null) await this.#host.nextTurn();
      } while (place !== null);
    }
    return { rows, next: null, answers };
  }

  #partitions(name: string, { partition }: QueryOptions): readonly number[] {
    const store = this.#host.store(name);
    return partition === undefined || store.isGlobal ? partitionsOf(store) : [partition];
  }

  async #first(name: string, partition: number, query: StoreQuery, options: QueryOptions): Promise<AnsweredRow | undefined> {
    const { rows, role, lag, position } = await this.#read(name, partition, query, null, 1, options);
    return rows[0] === undefined ? undefined : { row: rows[0], partition, role, lag, position };
  }

  async #read(
    store: string,
    partition: number,
    query: StoreQuery,
    after: RowPlace | null,
    rowsMax: number,
    { anywhere = false, stale = false, bound, waitMs = 0, signal }: QueryOptions,
  ): Promise<PartitionPage> {
    const sinceMs = this.#host.nowMs();
    for (;;) {
      signal?.throwIfAborted();
      try {
        return await this.#host.read(
          { store, partition, query, after, rowsMax, isStaleFine: stale, bound: bound ?? null },
          anywhere,
          signal,
        );
      } catch (error) {
        if (!(error instanceof StoreQueryError) || !passing.has(error.code)) throw error;
        const waitedMs = this.#host.nowMs() - sinceMs;
        if (waitedMs >= waitMs) throw error;
        const pauseMs = Math.min(LOOK_AGAIN_MS.max, Math.max(LOOK_AGAIN_MS.min, waitedMs / 4));
        await this.#host.pause(Math.min(pauseMs, waitMs - waitedMs));
      }
    }
  }
}
