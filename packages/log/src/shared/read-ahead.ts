import type { Clock, Timer } from "@ottla/base";
import type { Segment } from "../segment/segment.ts";
import { type BufferLease, type BufferPool, POOLED_BYTES } from "./buffer-pool.ts";

/** Less is not worth a read of its own. */
const READ_AHEAD_MIN_BYTES = 64 * 1024;
/** For so long a piece is not given up for another: of more readers than there is room for, each would find its own gone. */
const KEPT_MS = 1000;
/** What nobody asked for in this time is dropped. */
const UNUSED_MS = 10_000;

/** Bytes of a segment that are read before anybody asks for them; the first batch in them begins with `offset`. */
export class AheadPiece {
  readonly owner: ReaderAhead;
  readonly segment: Segment;
  readonly position: number;
  readonly offset: number;
  readonly sinceMs: number;
  /** Resolves when `bytes` are there. */
  readonly done: Promise<void>;
  /** The bytes, as far as they were there; undefined while they are being read. */
  bytes: Buffer | undefined;
  readonly #lease: BufferLease;

  constructor(owner: ReaderAhead, where: Omit<AheadStart, "byteLength">, sinceMs: number, lease: BufferLease) {
    this.owner = owner;
    this.segment = where.segment;
    this.position = where.position;
    this.offset = where.offset;
    this.sinceMs = sinceMs;
    this.#lease = lease;
    this.done = this.#read();
  }

  get heldBytes(): number {
    return this.#lease.heldBytes;
  }

  /** Gives the memory back; to be called once by who took the piece. */
  readonly release = (): void => this.#lease.release();

  async #read(): Promise<void> {
    const { file } = this.segment;
    const { buffer } = this.#lease;
    let length = 0;
    try {
      const handle = file.pin();
      try {
        length = await handle.read(buffer, this.position);
      } finally {
        file.unpin();
      }
    } catch {
      // Who asks for these bytes reads them again, and hears of it.
    }
    this.bytes = buffer.subarray(0, length);
  }
}

/** Where reading ahead begins. */
export interface AheadStart {
  readonly segment: Segment;
  readonly position: number;
  readonly offset: number;
  readonly byteLength: number;
}

/** What was read ahead in one partition. */
export class ReaderAhead {
  readonly #shared: ReadAhead;
  /** By offset; few, as there is one for each sequential reader. */
  readonly #pieces = new Map<number, AheadPiece>();

  constructor(shared: ReadAhead) {
    this.#shared = shared;
  }

  /** Begins to read, unless it was begun already, it is too little, or there is no room. */
  start(where: AheadStart): void {
    if (where.byteLength < READ_AHEAD_MIN_BYTES || where.byteLength > POOLED_BYTES || this.#pieces.has(where.offset)) return;
    const piece = this.#shared.start(this, where);
    if (piece !== undefined) this.#pieces.set(where.offset, piece);
  }

  /** The piece that begins with `offset`, which belongs to the caller from now on. */
  take(offset: number): AheadPiece | undefined {
    const piece = this.#pieces.get(offset);
    if (piece !== undefined) {
      this.#pieces.delete(offset);
      this.#shared.taken(piece);
    }
    return piece;
  }

  /** Takes a piece back that was taken, and whose bytes are there: it found no use, and somebody will ask again. */
  giveBack(piece: AheadPiece): void {
    if (!this.#pieces.has(piece.offset) && this.#shared.keep(piece)) this.#pieces.set(piece.offset, piece);
    else piece.release();
  }

  /** For {@link ReadAhead}: the piece is dropped. */
  forget(piece: AheadPiece): void {
    this.#pieces.delete(piece.offset);
  }

  /** Drops everything. */
  clear(): void {
    for (const piece of [...this.#pieces.values()]) this.#shared.drop(piece);
    this.#shared.rest();
  }
}

/**
 * Reads ahead for sequential readers of all partitions, so that their next read finds its bytes in memory. Bounded: for lack of room the oldest piece that nobody
 * asked for in a second goes, and where there is none such none is begun. What is unused for ten seconds is dropped.
 */
export class ReadAhead {
  readonly #buffers: BufferPool;
  readonly #clock: Clock;
  readonly #piecesMax: number;
  /** Oldest first. */
  readonly #pieces = new Set<AheadPiece>();
  #sweep: Timer | undefined;

  constructor(deps: { readonly buffers: BufferPool; readonly clock: Clock }, maxBytes: number) {
    this.#buffers = deps.buffers;
    this.#clock = deps.clock;
    this.#piecesMax = Math.floor(maxBytes / POOLED_BYTES);
  }

  /** Memory held, in bytes. */
  get heldBytes(): number {
    return this.#pieces.size * POOLED_BYTES;
  }

  partition(): ReaderAhead {
    return new ReaderAhead(this);
  }

  /** For {@link ReaderAhead}. */
  start(owner: ReaderAhead, where: AheadStart): AheadPiece | undefined {
    if (!this.#makeRoom()) return undefined;
    const piece = new AheadPiece(owner, where, this.#clock.monotonicMs(), this.#buffers.lease(where.byteLength));
    this.keep(piece);
    return piece;
  }

  /** For {@link ReaderAhead}: false where there is no room. */
  keep(piece: AheadPiece): boolean {
    if (this.#pieces.size >= this.#piecesMax) return false;
    this.#pieces.add(piece);
    this.#sweep ??= this.#clock.schedule(UNUSED_MS, () => this.#dropUnused());
    return true;
  }

  /** For {@link ReaderAhead}. */
  taken(piece: AheadPiece): void {
    this.#pieces.delete(piece);
  }

  /** For {@link ReaderAhead}. */
  drop(piece: AheadPiece): void {
    this.#pieces.delete(piece);
    piece.owner.forget(piece);
    void piece.done.then(piece.release);
  }

  /** For {@link ReaderAhead}: waits for nothing where nothing is held. */
  rest(): void {
    if (this.#pieces.size > 0) return;
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }

  #makeRoom(): boolean {
    if (this.#pieces.size < this.#piecesMax) return true;
    const untilMs = this.#clock.monotonicMs() - KEPT_MS;
    for (const piece of this.#pieces) {
      if (piece.sinceMs > untilMs) return false;
      if (piece.bytes === undefined) continue;
      this.drop(piece);
      return true;
    }
    return false;
  }

  #dropUnused(): void {
    this.#sweep = undefined;
    const untilMs = this.#clock.monotonicMs() - UNUSED_MS;
    for (const piece of [...this.#pieces]) if (piece.sinceMs <= untilMs) this.drop(piece);
    const [oldest] = this.#pieces;
    if (oldest !== undefined) this.#sweep = this.#clock.schedule(oldest.sinceMs - untilMs, () => this.#dropUnused());
  }
}
