import { MalformedBytesError } from "@ottla/base";
import type { SourceItem } from "../../../plugin/source-plugin.ts";
import type { EventHeader } from "../binlog/binlog-event.ts";
import type { CapturedTable, RawValues } from "../tables/captured-table.ts";
import { isWhole, readRow } from "../tables/captured-tables.ts";
import { type BinlogIdentity, type PlaceInTransaction, writeOffset } from "./cdc-offset.ts";
import type { ChangeFailures } from "./change-failures.ts";
import type { DoneBefore } from "./done-before.ts";
import type { ChangeContext, EventDraft, EventMaker } from "./event-maker.ts";
import { type ChangePlace, type ChangeStep, type OpenTransaction, type RowsStep, transactionId } from "./open-transaction.ts";

/** What is done with changes beside making records of them. */
export interface ChangeRules {
  /** `skipped.operations` */
  readonly skipped: ReadonlySet<string>;
  readonly skipsUnchanged: boolean;
  /** `provide.transaction.metadata` */
  readonly tellsTransactions: boolean;
}

interface Parts {
  readonly maker: EventMaker;
  readonly rules: ChangeRules;
  readonly done: DoneBefore;
  readonly failures: ChangeFailures;
  readonly identity: () => BinlogIdentity;
}

const ALL = Number.POSITIVE_INFINITY;

/** Makes records of a transaction's changes, a row at a time, each with the offset behind it. */
export class TransactionRecords {
  readonly #parts: Parts;
  #ready: SourceItem[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  /** All that wait but the last `keptCount`, in order. */
  take(keptCount: number): readonly SourceItem[] {
    if (keptCount === 0) {
      const all = this.#ready;
      this.#ready = [];
      return all;
    }
    return this.#ready.splice(0, this.#ready.length - keptCount);
  }

  /** Forgets the last ones. */
  drop(count: number): void {
    this.#ready.length -= count;
  }

  /** Gives the last record another offset, which says that the whole transaction is done. */
  close(offset: SourceItem["offset"]): void {
    const last = this.#ready.at(-1)!;
    this.#ready[this.#ready.length - 1] = { ...last, offset, transactionEnds: true };
  }

  /** The step's next row. True: it was the last one. */
  readOne(open: OpenTransaction, step: ChangeStep): boolean {
    if (step.kind !== "truncate") return this.#row(open, step);
    const { maker, done } = this.#parts;
    if (done.parts(open, step.event, 0) === ALL) countDone(open, step.table, 1);
    else this.#emit(open, maker.truncate(step.table, this.#context(open, step.table.name, step, 0)), step, 0);
    open.change++;
    return true;
  }

  /** What is told of the transaction itself behind its last change. */
  tellEnd(open: OpenTransaction, header: EventHeader): void {
    const { maker, rules, done } = this.#parts;
    if (!rules.tellsTransactions || !(open.isBegun || (done.isOf(open) && open.counts.size > 0))) return;
    this.#push(open, header, maker.transaction(transactionId(open), header.timestampSec, open.counts), {
      change: open.change,
      part: 0,
      event: open.event,
      row: 0,
    });
  }

  #row(open: OpenTransaction, step: RowsStep): boolean {
    const { mapped, bytes, kind } = step;
    const { table } = mapped;
    if (step.row === 0) this.#judge(open, step);
    if (bytes.left === 0) return true;
    // Cells that cannot be read leave nobody knows where the next row begins: nothing lets that pass.
    const first = readRow(mapped, bytes, step.present);
    const second = kind === "update" ? readRow(mapped, bytes, step.presentAfter, first) : first;
    let drafts: readonly EventDraft[] = [];
    try {
      drafts = this.#draftsOf(open, step, first, second);
    } catch (error) {
      if (error instanceof MalformedBytesError || !(error instanceof Error)) throw error;
      this.#parts.failures.refuse(
        `A row of ${table.name} has no form in Connect: ${error.message} Leave the column out by column.exclude.list, or set event.processing.failure.handling.mode to warn.`,
        step.position,
        open.gtid,
        error,
      );
    }
    this.#emit(open, drafts, step, step.row);
    open.change++;
    step.row++;
    return bytes.left === 0;
  }

  /** Whether its rows are whole, and known to be committed. */
  #judge(open: OpenTransaction, { mapped, present, position }: RowsStep): void {
    const { failures } = this.#parts;
    const { table, map } = mapped;
    if (!isWhole(present, map.columns.length))
      throw failures.error(
        "CONNECT_SOURCE",
        `A row of ${table.name} came without all its columns. SET GLOBAL binlog_row_image=FULL, let sessions connect anew, and reset the connector's offsets, so that tables are read anew.`,
        position,
        open.gtid,
      );
    if (!open.isXa || open.isXaTold) return;
    open.isXaTold = true;
    failures.refuse(
      `An XA transaction changed ${table.name}. Its rows are in the binlog when it is prepared, before it is known whether it will be committed. Leave the table out, or take its rows at once by event.processing.failure.handling.mode=warn.`,
      position,
      open.gtid,
    );
  }

  #draftsOf(open: OpenTransaction, step: RowsStep, first: RawValues, second: RawValues): readonly EventDraft[] {
    const { rules, done, maker } = this.#parts;
    const { table } = step.mapped;
    const op = step.kind === "insert" ? "c" : step.kind === "update" ? "u" : "d";
    if (rules.skipped.has(op) || (op === "u" && rules.skipsUnchanged && table.isSame(first, second))) return [];
    if (done.parts(open, step.event, step.row) === ALL) {
      const isKeyChange = op === "u" && table.shape.key.length > 0 && table.changesKey(first, second);
      countDone(open, table, isKeyChange ? 2 : 1);
      return [];
    }
    const counted = [open.total, open.counts.get(table.name)] as const;
    try {
      const context = this.#context(open, table.name, step, step.row);
      if (op === "c") return maker.insert(table, first, context);
      if (op === "d") return maker.delete(table, first, context);
      return maker.update(table, first, second, context, () => this.#context(open, table.name, step, step.row));
    } catch (error) {
      open.total = counted[0];
      if (counted[1] === undefined) open.counts.delete(table.name);
      else open.counts.set(table.name, counted[1]);
      throw error;
    }
  }

  #context(open: OpenTransaction, collection: string, { header, position, query, nowMs }: ChangePlace, row: number): ChangeContext {
    open.total++;
    const order = (open.counts.get(collection) ?? 0) + 1;
    open.counts.set(collection, order);
    const block = this.#parts.rules.tellsTransactions
      ? { id: transactionId(open), total_order: BigInt(open.total), data_collection_order: BigInt(order) }
      : null;
    return {
      tsSec: header.timestampSec,
      serverId: header.serverId,
      gtid: open.gtid,
      file: open.place.file,
      position,
      row,
      threadId: open.threadId,
      query,
      snapshot: "false",
      block,
      nowMs,
    };
  }

  #emit(open: OpenTransaction, drafts: readonly EventDraft[], { header, event }: ChangePlace, row: number): void {
    if (drafts.length === 0) return;
    const { maker, rules, done } = this.#parts;
    if (rules.tellsTransactions && !done.isOf(open) && !open.isBegun)
      this.#push(open, header, maker.transaction(transactionId(open), header.timestampSec, undefined), {
        change: 0,
        part: 0,
        event: 0,
        row: 0,
      });
    open.isBegun = true;
    for (let part = done.parts(open, event, row); part < drafts.length; part++) {
      const isLast = part === drafts.length - 1;
      this.#push(open, header, drafts[part]!, {
        change: isLast ? open.change + 1 : open.change,
        part: isLast ? 0 : part + 1,
        event,
        row: isLast ? row + 1 : row,
      });
    }
  }

  #push(open: OpenTransaction, header: EventHeader, draft: EventDraft, place: Omit<PlaceInTransaction, "gtid">): void {
    const offset = writeOffset(
      { place: open.place, within: { gtid: open.gtid, ...place }, identity: this.#parts.identity() },
      { tsSec: header.timestampSec, serverId: header.serverId },
    );
    this.#ready.push({ ...draft, partition: this.#parts.maker.partition, offset });
    open.readyCount++;
  }
}

/** What was handed on before counts in transaction metadata as it did then. */
function countDone(open: OpenTransaction, { name }: CapturedTable, events: number): void {
  open.total += events;
  open.counts.set(name, (open.counts.get(name) ?? 0) + events);
}
