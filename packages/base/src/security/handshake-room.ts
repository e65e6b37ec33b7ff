import type { Clock, Timer } from "../seams/clock.ts";

/** TLS handshakes that may be under way at once. Each has some 60 KiB of OpenSSL's, and 500 KiB at worst; a client needs its place for a round trip or two. */
const PLACES = 256;
/** For how long a handshake may stand still, in ms, while others wait: so many times as long as those took that were done lately, within these bounds. */
const PATIENCE_TIMES = 4;
const PATIENCE_MIN_MS = 250;
const PATIENCE_MAX_MS = 3000;
/** Until the first is done. */
const ASSUMED_MS = 250;
/** How fast one that took long is forgotten: with each one that is done. */
const FORGET = 0.95;

/** One handshake that wants a place. */
export interface HandshakeGuest {
  readonly host: string;
  /** There is a place for it. Called once at most, maybe within {@link HandshakeRoom.enter}. */
  begin(): void;
  /** Another one has its place: it must be ended. */
  drop(): void;
}

/** Those of one address that have a place, the oldest first, and since when they stand still: never, until their work was begun. */
type Under = Map<HandshakeGuest, number>;

/**
 * Bounds the TLS handshakes that all listeners of a broker are in the middle of, and with them what strangers can have OpenSSL hold: the others wait with their first message
 * collected. Places go to the addresses by turns, and of an address to the newest: whoever came first is the least likely to be still there. While somebody waits, whoever has
 * stood still longest of the address with the most places gives one up: at once to an address that has less, to others when it is far behind those that are done.
 */
export class HandshakeRoom {
  readonly #clock: Clock;
  readonly #places: number;
  #takenCount = 0;
  /** The longest of those that were done lately. */
  #doneMs = ASSUMED_MS;
  readonly #under = new Map<string, Under>();
  /** By address, the one first whose turn it is; of each the oldest first. */
  readonly #waiting = new Map<string, HandshakeGuest[]>();
  #check: Timer | undefined;

  constructor(clock: Clock, places: number = PLACES) {
    this.#clock = clock;
    this.#places = places;
  }

  /** The guest begins at once or later. It must {@link leave} when its handshake is over, however it ended, begun or not. */
  enter(guest: HandshakeGuest): void {
    if (this.#takenCount < this.#places) return this.#give(guest);
    const queue = this.#waiting.get(guest.host);
    if (queue === undefined) this.#waiting.set(guest.host, [guest]);
    else queue.push(guest);
    this.#checkLater();
  }

  /** The broker has done its part: from now on it is the client that is waited for. */
  started(guest: HandshakeGuest): void {
    const under = this.#under.get(guest.host);
    if (under?.has(guest) === true) under.set(guest, this.#clock.monotonicMs());
  }

  /** `isDone`: it ended well. */
  leave(guest: HandshakeGuest, isDone: boolean): void {
    const sinceMs = this.#under.get(guest.host)?.get(guest);
    if (isDone && sinceMs !== undefined) this.#doneMs = Math.max(this.#doneMs * FORGET, this.#clock.monotonicMs() - sinceMs);
    if (this.#takeBack(guest)) {
      while (this.#takenCount < this.#places && this.#waiting.size > 0) this.#giveNextOf(this.#waiting.keys().next().value!);
      return;
    }
    const queue = this.#waiting.get(guest.host);
    const at = queue?.indexOf(guest) ?? -1;
    if (at >= 0) queue!.splice(at, 1);
    if (queue?.length === 0) this.#waiting.delete(guest.host);
  }

  #give(guest: HandshakeGuest): void {
    this.#takenCount++;
    const under = this.#under.get(guest.host);
    if (under === undefined) this.#under.set(guest.host, new Map([[guest, Infinity]]));
    else under.set(guest, Infinity);
    guest.begin();
  }

  #takeBack(guest: HandshakeGuest): boolean {
    const under = this.#under.get(guest.host);
    if (under?.delete(guest) !== true) return false;
    if (under.size === 0) this.#under.delete(guest.host);
    this.#takenCount--;
    return true;
  }

  /** The address's next turn comes behind the others'. */
  #giveNextOf(host: string): void {
    const queue = this.#waiting.get(host)!;
    const guest = queue.pop()!;
    this.#waiting.delete(host);
    if (queue.length > 0) this.#waiting.set(host, queue);
    this.#give(guest);
  }

  #checkLater(): void {
    if (this.#check !== undefined || this.#waiting.size === 0) return;
    // In the turn behind: what has come from clients meanwhile is read before.
    this.#check = this.#clock.schedule(PATIENCE_MIN_MS, () =>
      this.#clock.nextTurn(() => {
        this.#check = undefined;
        while (this.#waiting.size > 0 && this.#exchange());
        this.#checkLater();
      }),
    );
  }

  /** Whether one place went to somebody who waited. */
  #exchange(): boolean {
    let most: Under = new Map();
    for (const under of this.#under.values()) if (under.size > most.size) most = under;
    for (const [oldest, sinceMs] of most) {
      const stillMs = this.#clock.monotonicMs() - sinceMs;
      if (stillMs < PATIENCE_MIN_MS) return false;
      const isFarBehind = stillMs >= Math.min(PATIENCE_MAX_MS, PATIENCE_TIMES * this.#doneMs);
      const host = this.#firstWithLess(most.size) ?? (isFarBehind ? this.#waiting.keys().next().value : undefined);
      if (host === undefined) return false;
      this.#takeBack(oldest);
      this.#giveNextOf(host);
      oldest.drop();
      return true;
    }
    return false;
  }

  /** The first address that would still have less than `placeCount` with one more. No more than {@link PLACES} have any at all, so it is found soon. */
  #firstWithLess(placeCount: number): string | undefined {
    if (placeCount < 2) return undefined;
    for (const host of this.#waiting.keys()) if ((this.#under.get(host)?.size ?? 0) + 1 < placeCount) return host;
    return undefined;
  }
}
