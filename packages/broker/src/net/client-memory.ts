import type { Clock } from "@ottla/base";

/** What every account may hold however little is free, so that small requests of others are served while someone fills the memory. */
const GUARANTEED_BYTES = 64 * 1024;

/** So much of the capacity may be held beyond it, of what comes whole or not at all. */
const OVERDRAFT = 0.25;

/** What one read brings of a client that holds little may be held so far beyond the capacity: it waits there for room, in place of losing its connection to those who took all of it. */
const ARRIVED_BYTES = 256 * 1024;
const ARRIVED_OVERDRAFT = 0.5;

/** Who has not moved on for so long may lose what it holds to others. */
const STALLED_MS = 2000;
/** How often stalled accounts are looked for while somebody waits for room, in ms. */
const LOOK_EVERY_MS = 500;

/**
 * The one budget for what the broker holds on behalf of clients, in bytes as the heap sees them: unfinished frames, requests that wait or are handled, answers not
 * yet taken, parked requests, unpacked records. Each client (a connection, or a thing that outlives its connection) has an account.
 *
 * Shared by a moving threshold: nobody may come to hold more than what was free before. One greedy account so gets half of the memory, nine get a tenth each,
 * and a newcomer always finds as much as the greediest of them has. When somebody finds no room, accounts whose client has stalled for two seconds (a frame that does not go on, an
 * answer that is not taken) lose what they hold, the longest stalled first.
 */
export class ClientMemory {
  readonly capacityBytes: number;
  #heldBytes = 0;
  /** Who waits for room, in the order of coming. */
  readonly #waiting = new Set<Waiter>();
  readonly #accounts = new Set<OpenAccount>();
  readonly #clock: Clock;
  #isLooking = false;
  #lookedMs = -Infinity;

  constructor(clock: Clock, capacityBytes: number) {
    this.#clock = clock;
    this.capacityBytes = capacityBytes;
  }

  /** Held by all accounts together. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** @internal There is room for something that comes whole or not at all. */
  get mayOverdraw(): boolean {
    return this.#heldBytes < this.capacityBytes * (1 + OVERDRAFT);
  }

  /** @internal There is room for what a read has brought. */
  mayArrive(bytes: number): boolean {
    return bytes <= ARRIVED_BYTES && this.#heldBytes + bytes <= this.capacityBytes * (1 + ARRIVED_OVERDRAFT);
  }

  /** How many wait for room. */
  get waiterCount(): number {
    return this.#waiting.size;
  }

  /** `onStalled`: gives up what is held for a client that does not move on, and closes the account, if the client is to blame. Without it nothing is taken away. */
  openAccount(onStalled: () => void = () => {}): MemoryAccount {
    const account = new OpenAccount(this, onStalled);
    this.#accounts.add(account);
    return account;
  }

  /** @internal */
  get nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** @internal */
  forget(account: OpenAccount): void {
    this.#accounts.delete(account);
  }

  /** @internal Takes from the stalled until there is room for `bytes` in `account`. */
  makeRoom(account: OpenAccount, bytes: number): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return false;
    this.#lookedMs = nowMs;
    const stalled = [...this.#accounts].filter(
      (other) => other !== account && other.heldBytes > 0 && nowMs - other.progressedMs >= STALLED_MS,
    );
    stalled.sort((a, b) => a.progressedMs - b.progressedMs);
    for (const other of stalled) {
      if (this.fits(account.heldBytes, bytes)) return true;
      other.onStalled();
    }
    return this.fits(account.heldBytes, bytes);
  }

  /** @internal */
  fits(accountBytes: number, bytes: number): boolean {
    return accountBytes + bytes <= Math.max(GUARANTEED_BYTES, this.capacityBytes - this.#heldBytes);
  }

  /** @internal */
  add(bytes: number): void {
    this.#heldBytes += bytes;
  }

  /** @internal */
  subtract(bytes: number): void {
    this.#heldBytes -= bytes;
    if (this.#waiting.size > 0) this.#serveWaiting();
  }

  /** @internal */
  wait(waiter: Waiter): () => void {
    this.#waiting.add(waiter);
    this.#lookAgain();
    return () => {
      this.#waiting.delete(waiter);
    };
  }

  #lookAgain(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#clock.schedule(LOOK_EVERY_MS, () => {
      this.#isLooking = false;
      const [first] = this.#waiting;
      if (first === undefined) return;
      this.#lookedMs = -Infinity;
      this.makeRoom(first.account, first.bytes);
      this.#serveWaiting();
      this.#lookAgain();
    });
  }

  /** Tells everyone for whom there is room now. Whoever asks for much does not hold up those behind who ask for little. */
  #serveWaiting(): void {
    for (const waiter of [...this.#waiting]) {
      if (this.#waiting.has(waiter) && this.fits(waiter.account.heldBytes, waiter.bytes)) {
        this.#waiting.delete(waiter);
        waiter.onRoom();
      }
    }
  }
}

/** What one client holds of the {@link ClientMemory}. Everything taken is given back by {@link MemoryAccount.release}, or all at once when the account is closed. */
export interface MemoryAccount {
  readonly heldBytes: number;
  /** Holds more than it could take now: of what cannot be refused, or because others have come. */
  readonly isBeyondShare: boolean;
  /** Whether something of unknown size that comes whole or not at all, such as one batch, may be held beyond the share. */
  readonly mayOverdraw: boolean;
  /** Takes `bytes` if they are within this client's share; false, and nothing taken, where they are not or the client has gone. */
  take(bytes: number): boolean;
  /**
   * As {@link MemoryAccount.take}, but for a little that has its own bound: beyond the client's share too, as long as anything is free, up to 64 KiB even when nothing is, and what one read brings (256 KiB)
   * of who holds little until half more than the capacity is held. Who has taken so asks for the whole anew when it grows.
   */
  takeFree(bytes: number): boolean;
  /** The most that {@link MemoryAccount.take} and {@link MemoryAccount.takeFree} let it hold; there is none unless {@link MemoryAccount.limit} was called. */
  readonly limitBytes: number;
  /** Whether {@link MemoryAccount.take} would refuse it even if nobody held anything but `ownBytes` of this client. */
  neverFits(bytes: number, ownBytes: number): boolean;
  /** From now on it may hold at most so much; `Infinity` for no limit but the shares. What is held already stays. */
  limit(limitBytes: number): void;
  /** Counts what is held already and cannot be refused any more, such as an answer that has been made. May go beyond the share. */
  hold(bytes: number): void;
  /** Gives back. After the account was closed it does nothing: all was given back then. */
  release(bytes: number): void;
  /** Calls `onRoom` once, as soon as a `take(bytes)` may succeed (try it: others may come in between). Returns the way to stop waiting. */
  whenRoom(bytes: number, onRoom: () => void): () => void;
  /** The client took something or sent something: it has not stalled. */
  progressed(): void;
  /** Gives everything back, for good. */
  close(): void;
}

interface Waiter {
  readonly account: OpenAccount;
  readonly bytes: number;
  readonly onRoom: () => void;
}

class OpenAccount implements MemoryAccount {
  readonly #memory: ClientMemory;
  readonly #waits = new Set<() => void>();
  readonly onStalled: () => void;
  #heldBytes = 0;
  #isClosed = false;
  limitBytes = Infinity;
  progressedMs: number;

  constructor(memory: ClientMemory, onStalled: () => void) {
    this.#memory = memory;
    this.onStalled = onStalled;
    this.progressedMs = memory.nowMs;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isBeyondShare(): boolean {
    return !this.#memory.fits(this.#heldBytes, 0);
  }

  get mayOverdraw(): boolean {
    return this.#memory.mayOverdraw;
  }

  limit(limitBytes: number): void {
    this.limitBytes = limitBytes;
  }

  take(bytes: number): boolean {
    if (this.#isClosed || this.#heldBytes + bytes > this.limitBytes) return false;
    if (!this.#memory.fits(this.#heldBytes, bytes) && !this.#memory.makeRoom(this, bytes)) return false;
    this.hold(bytes);
    return true;
  }

  neverFits(bytes: number, ownBytes: number): boolean {
    const most = Math.min(this.limitBytes, Math.max(GUARANTEED_BYTES, this.#memory.capacityBytes - ownBytes));
    return ownBytes + bytes > most;
  }

  takeFree(bytes: number): boolean {
    if (this.#isClosed || this.#heldBytes + bytes > this.limitBytes) return false;
    const isFree = bytes <= GUARANTEED_BYTES || this.#memory.heldBytes + bytes <= this.#memory.capacityBytes;
    const mayArrive = this.#heldBytes <= GUARANTEED_BYTES && this.#memory.mayArrive(bytes);
    if (!isFree && !mayArrive) return this.take(bytes);
    this.hold(bytes);
    return true;
  }

  hold(bytes: number): void {
    if (this.#isClosed) return;
    this.#heldBytes += bytes;
    this.#memory.add(bytes);
  }

  release(bytes: number): void {
    if (this.#isClosed) return;
    this.#heldBytes -= bytes;
    this.#memory.subtract(bytes);
  }

  whenRoom(bytes: number, onRoom: () => void): () => void {
    if (this.#isClosed) return () => {};
    const stop = this.#memory.wait({
      account: this,
      bytes,
      onRoom: () => {
        this.#waits.delete(stop);
        onRoom();
      },
    });
    this.#waits.add(stop);
    return () => {
      this.#waits.delete(stop);
      stop();
    };
  }

  progressed(): void {
    this.progressedMs = this.#memory.nowMs;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#memory.forget(this);
    for (const stop of this.#waits) stop();
    this.#waits.clear();
    const heldBytes = this.#heldBytes;
    this.#heldBytes = 0;
    this.#memory.subtract(heldBytes);
  }
}
