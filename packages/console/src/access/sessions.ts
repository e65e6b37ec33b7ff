import { createHash, randomBytes } from "node:crypto";
import type { Clock, Role, Timer } from "@ottla/base";

/** How long a login lasts. */
export interface SessionLimits {
  /** Without a request. */
  readonly idleMs: number;
  /** In all. */
  readonly lifeMs: number;
}

/** Who a session is of. */
export interface SessionOwner {
  readonly name: string;
  readonly role: Role;
  readonly how: "password" | "oidc";
  /** What the login was checked with: where that changes, the session ends. */
  readonly proof?: string;
  /** Of an identity provider: what it wants to see when somebody logs out. */
  readonly idToken?: string;
}

/** Somebody's login. */
export interface Session {
  readonly owner: SessionOwner;
  readonly signal: AbortSignal;
}

interface KeptSession extends Session {
  readonly ending: AbortController;
  owner: SessionOwner;
  readonly endsMs: number;
  seenMs: number;
}

const SESSIONS_MAX = 2_000;
/** Of one person; the oldest ends. */
const OF_ONE_MAX = 20;
const SWEEP_EVERY_MS = 15_000;
const TOKEN = /^[\w-]{43}$/;

/** Who is logged in. A session's token is known to its browser alone; what is kept here is its hash. Every login gets a new one. All of them end with the process. */
export class Sessions {
  readonly #clock: Clock;
  #limits: SessionLimits;
  /** By the hash of the token, the oldest first. */
  readonly #sessions = new Map<string, KeptSession>();
  #sweep: Timer | undefined;

  constructor(clock: Clock, limits: SessionLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Gives the token. */
  begin(owner: SessionOwner): string {
    const token = randomBytes(32).toString("base64url");
    const nowMs = this.#clock.monotonicMs();
    const ending = new AbortController();
    const endsMs = nowMs + this.#limits.lifeMs;
    this.#sessions.set(hashOf(token), { owner, ending, signal: ending.signal, endsMs, seenMs: nowMs });
    const own = [...this.#sessions].filter(([, session]) => session.owner.name === owner.name && session.owner.how === owner.how);
    for (const [key] of own.slice(0, Math.max(0, own.length - OF_ONE_MAX))) this.#end(key);
    if (this.#sessions.size > SESSIONS_MAX) this.#end(this.#sessions.keys().next().value as string);
    this.#awaitSweep();
    return token;
  }

  /** The session of a token; that it was asked for keeps it. */
  find(token: string | undefined): Session | undefined {
    if (token === undefined || !TOKEN.test(token)) return undefined;
    const key = hashOf(token);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    if (this.#isOver(session)) {
      this.#end(key);
      return undefined;
    }
    session.seenMs = this.#clock.monotonicMs();
    return session;
  }

  end(token: string | undefined): void {
    if (token !== undefined) this.#end(hashOf(token));
  }

  /** After others may log in: `again` gives whose session it is now, or undefined where it ends. */
  judgeAgain(limits: SessionLimits, again: (owner: SessionOwner) => SessionOwner | undefined): void {
    this.#limits = limits;
    for (const [key, session] of this.#sessions) {
      const owner = again(session.owner);
      // What it watches was allowed to who it was.
      if (owner === undefined || owner.role !== session.owner.role) this.#end(key);
      else session.owner = owner;
    }
  }

  stop(): void {
    this.#sweep?.cancel();
    for (const key of [...this.#sessions.keys()]) this.#end(key);
  }

  #isOver({ endsMs, seenMs }: KeptSession): boolean {
    const nowMs = this.#clock.monotonicMs();
    return nowMs >= endsMs || nowMs - seenMs >= this.#limits.idleMs;
  }

  #end(key: string): void {
    this.#sessions.get(key)?.ending.abort();
    this.#sessions.delete(key);
  }

  /** Also ends what a page of a session that is over still watches. */
  #awaitSweep(): void {
    if (this.#sweep !== undefined || this.#sessions.size === 0) return;
    this.#sweep = this.#clock.schedule(SWEEP_EVERY_MS, () => {
      this.#sweep = undefined;
      for (const [key, session] of this.#sessions) if (this.#isOver(session)) this.#end(key);
      this.#awaitSweep();
    });
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
