/** What every account may hold however little is free, so that small requests of others are served while someone fills the memory. */
const GUARANTEED_BYTES = 64 * 1024;

/**
 * The one budget for what the broker holds on behalf of clients, in bytes as the heap sees them: unfinished frames, requests that wait or are handled, answers not
 * yet taken, parked requests, unpacked records. Each client (a connection, or a thing that outlives its connection) has an account.
 *
 * Shared by a moving threshold: nobody may come to hold more than what was free before. One greedy account so gets half of the memory, nine get a tenth each,
 * and a newcomer always finds as much as the greediest of them has.
 */
export class ClientMemory {
  readonly capacityBytes: number;
  #heldBytes = 0;
  /** Who waits for room, in the order of coming. */
  readonly #waiting = new Set<Waiter>();

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  /** Held by all accounts together. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** How many wait for room. */
  get waiterCount(): number {
    return this.#waiting.size;
  }

  openAccount(): MemoryAccount {
    return new OpenAccount(this);
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
    return () => {
      this.#waiting.delete(waiter);
    };
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
  /** Takes `bytes` if they are within this client's share; false, and nothing taken, where they are not or the client has gone. */
  take(bytes: number): boolean;
  /** Counts what is held already and cannot be refused any more, such as an answer that has been made. May go beyond the share. */
  hold(bytes: number): void;
  /** Gives back. After the account was closed it does nothing: all was given back then. */
  release(bytes: number): void;
  /** Calls `onRoom` once, as soon as a `take(bytes)` may succeed (try it: others may come in between). Returns the way to stop waiting. */
  whenRoom(bytes: number, onRoom: () => void): () => void;
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
  #heldBytes = 0;
  #isClosed = false;

  constructor(memory: ClientMemory) {
    this.#memory = memory;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  take(bytes: number): boolean {
    if (this.#isClosed || !this.#memory.fits(this.#heldBytes, bytes)) return false;
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

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const stop of this.#waits) stop();
    this.#waits.clear();
    const heldBytes = this.#heldBytes;
    this.#heldBytes = 0;
    this.#memory.subtract(heldBytes);
  }
}
