import { baseOffset, decodeEndTransactionMarker, isTransactional, lastOffset, producerId, RecordCursor } from "@ottla/protocol/records";
import type { AbortedEntry } from "../segment/aborted-entry.ts";

interface AbortedTransaction {
  readonly entry: AbortedEntry;
  /** A batch of it is still there. */
  isSeen: boolean;
}

/**
 * Which transactions a cleaner that walks through a log is inside of, and so which batches are of aborted ones and which markers nobody needs any more: those
 * of transactions whose batches are all gone. Batches are shown to it in order; some may be left out.
 */
export class CleanedTransactions {
  /** By first offset, last one first. */
  readonly #coming: AbortedEntry[];
  readonly #aborted = new Map<number, AbortedTransaction>();
  readonly #committed = new Set<number>();
  readonly #cursor = new RecordCursor();
  #retained: AbortedEntry[] = [];

  /** `aborted`: the log's aborted transactions, those that end at or behind the first batch that will be shown. */
  constructor(aborted: readonly AbortedEntry[]) {
    this.#coming = aborted.toSorted((a, b) => b.firstOffset - a.firstOffset);
  }

  /** A batch of records. True: its transaction was aborted, so that nobody reads it. */
  isAborted(buffer: Buffer, at: number): boolean {
    this.#enter(buffer, at);
    if (!isTransactional(buffer, at)) return false;
    const aborted = this.#aborted.get(producerId(buffer, at));
    if (aborted === undefined) {
      this.#committed.add(producerId(buffer, at));
      return false;
    }
    aborted.isSeen = true;
    return true;
  }

  /** A control batch. True: nothing of the transaction that it ends is left. Errors: `MalformedBytesError`. */
  isObsoleteMarker(buffer: Buffer, at: number): boolean {
    this.#enter(buffer, at);
    if (!this.#cursor.open(buffer, at).moveNext()) return true;
    const marker = decodeEndTransactionMarker(this.#cursor);
    if (marker === null) return false;
    const id = producerId(buffer, at);
    if (marker.outcome === "commit") return !this.#committed.delete(id);
    const aborted = this.#aborted.get(id);
    this.#aborted.delete(id);
    if (aborted?.isSeen !== true) return true;
    this.#retained.push(aborted.entry);
    return false;
  }

  /** The aborted transactions whose markers were seen since the last call and are still needed, in order of their markers. */
  takeRetained(): AbortedEntry[] {
    const retained = this.#retained;
    this.#retained = [];
    return retained;
  }

  #enter(buffer: Buffer, at: number): void {
    const last = lastOffset(buffer, at);
    while (this.#coming.length > 0 && this.#coming[this.#coming.length - 1]!.firstOffset <= last) {
      const entry = this.#coming.pop()!;
      // The same producer's next transaction cannot begin before this one's marker; that may have been left out.
      const known = this.#aborted.get(entry.producerId);
      if (known === undefined || known.entry.lastOffset < entry.firstOffset) this.#aborted.set(entry.producerId, { entry, isSeen: false });
    }
    const current = this.#aborted.get(producerId(buffer, at));
    if (current !== undefined && current.entry.lastOffset < baseOffset(buffer, at)) this.#aborted.delete(producerId(buffer, at));
  }
}
