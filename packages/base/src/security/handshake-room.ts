import type { Clock, Timer } from "../seams/clock.ts";
import type { TlsClientAuth } from "../seams/tls.ts";

/** Places for TLS handshakes that are under way at once, of 64 KiB each; a client needs its own for a round trip or two. */
const PLACES = 256;
/** What a handshake may have of OpenSSL's where it takes a client's certificates: 170 KiB, where it has 62 elsewhere. */
const CERTIFICATE_PLACES = 3;
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
  /** How many places it takes, see {@link handshakePlaces}; never more than the room has. */
  readonly places: number;
  /** There is a place for it. Called once at most, maybe within {@link HandshakeRoom.enter}. */
  begin(): void;
  /** Another one has its place: it must be ended. */
  drop(): void;
}

/** The places of a handshake whose server asks so for a client's certificates. */
export function handshakePlaces(clientAuth: TlsClientAuth): number {
  return clientAuth === "none" ? 1 : CERTIFICATE_PLACES;
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
  #taken = 0;
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
    const queue = this.#waiting.get(guest.host);
    if (queue === undefined) this.#waiting.set(guest.host, [guest]);
    else queue.push(guest);
    this.#giveFree();
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
    if (!this.#takeBack(guest)) {
      const queue = this.#waiting.get(guest.host);
      const at = queue?.indexOf(guest) ?? -1;
      if (at >= 0) queue!.splice(at, 1);
      if (queue?.length === 0) this.#waiting.delete(guest.host);
    }
    this.#giveFree();
  }

  /** One that takes several places is not overtaken by others that would fit. */
  #giveFree(): void {
    for (let host = this.#nextHost(); host !== undefined && this.#fits(this.#newestOf(host)); host = this.#nextHost())
      this.#giveNextOf(host);
  }

  #placesOf(guest: HandshakeGuest): number {
    return Math.min(guest.places, this.#places);
  }

  #fits(guest: HandshakeGuest): boolean {
    return this.#taken + this.#placesOf(guest) <= this.#places;
  }

  #nextHost(): string | undefined {
    return this.#waiting.keys().next().value;
  }

  #newestOf(host: string): HandshakeGuest {
    return this.#waiting.get(host)!.at(-1)!;
  }

  #give(guest: HandshakeGuest): void {
    this.#taken += this.#placesOf(guest);
    const under = this.#under.get(guest.host);
    if (under === undefined) this.#under.set(guest.host, new Map([[guest, Infinity]]));
    else under.set(guest, Infinity);
    guest.begin();
  }

  #takeBack(guest: HandshakeGuest): boolean {
    const under = this.#under.get(guest.host);
    if (under?.delete(guest) !== true) return false;
    if (under.size === 0) this.#under.delete(guest.host);
    this.#taken -= this.#placesOf(guest);
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

  /** Whether somebody gave its places up to somebody who waited, or to make room for it. */
  #exchange(): boolean {
    let most: Under = new Map();
    let mostPlaces = 0;
    for (const under of this.#under.values()) {
      const places = this.#placesUnder(under);
      if (places > mostPlaces) [most, mostPlaces] = [under, places];
    }
    for (const [oldest, sinceMs] of most) {
      const stillMs = this.#clock.monotonicMs() - sinceMs;
      if (stillMs < PATIENCE_MIN_MS) return false;
      const isFarBehind = stillMs >= Math.min(PATIENCE_MAX_MS, PATIENCE_TIMES * this.#doneMs);
      const host = this.#firstWithLess(mostPlaces) ?? (isFarBehind ? this.#nextHost() : undefined);
      if (host === undefined) return false;
      this.#takeBack(oldest);
      if (this.#fits(this.#newestOf(host))) this.#giveNextOf(host);
      this.#giveFree();
      oldest.drop();
      return true;
    }
    return false;
  }

  #placesUnder(under: Under | undefined): number {
    let places = 0;
    for (const guest of under?.keys() ?? []) places += this.#placesOf(guest);
    return places;
  }

  /** The first address that would still have less with one more of its own. No more than {@link PLACES} have any at all, so it is found soon. */
  #firstWithLess(places: number): string | undefined {
    for (const host of this.#waiting.keys())
      if (this.#placesUnder(this.#under.get(host)) + this.#placesOf(this.#newestOf(host)) < places) return host;
    return undefined;
  }
}
