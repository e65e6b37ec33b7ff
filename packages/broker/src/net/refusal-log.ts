import type { Clock, LogFields, Logger } from "@ottla/base";

/** How often the same is said of the same host. */
const EVERY_MS = 10_000;
/** Kinds and hosts that are told apart; a flood from more of them shares what is said. */
const TOLD_APART_MAX = 1000;
/** Reasons of one kind that are told apart for one host: what a client says of itself is in them, and it may say something else each time. */
const REASONS_OF_HOST_MAX = 10;

interface Said {
  readonly untilMs: number;
  silenced: number;
}

/** What is said of one connection that was refused or closed. */
interface Refusal extends LogFields {
  readonly host: string;
  readonly reason: string;
}

/** Says why connections were refused: one line, and how many more there were of the same kind from the same host when it is said again. So nobody can fill the log. */
export class RefusalLog {
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** In the order in which they were said. */
  readonly #said = new Map<string, Said>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  say(kind: string, refusal: Refusal): void {
    const nowMs = this.#clock.monotonicMs();
    // Numbers differ where reasons do not.
    const ofHost = `${kind} ${refusal.host} `;
    const key = this.#keyOf(ofHost, `${ofHost}${refusal.reason.replace(/\d+/g, "#").slice(0, 200)}`, nowMs);
    const known = this.#said.get(key) ?? (this.#said.size >= TOLD_APART_MAX ? this.#makeRoom(nowMs) : undefined);
    if (known !== undefined && nowMs < known.untilMs) {
      known.silenced++;
      return;
    }
    this.#said.delete(key);
    this.#said.set(key, { untilMs: nowMs + EVERY_MS, silenced: 0 });
    this.#logger.warn("closing a connection", { ...refusal, ...(known && known.silenced > 0 && { alsoUnsaid: known.silenced }) });
  }

  /** The reason's own, or that of all further ones of its host. */
  #keyOf(ofHost: string, ofReason: string, nowMs: number): string {
    if (this.#said.has(ofReason)) return ofReason;
    if (nowMs < (this.#said.get(ofHost)?.untilMs ?? -Infinity)) return ofHost;
    let reasons = 0;
    for (const [key, { untilMs }] of this.#said) if (nowMs < untilMs && key.startsWith(ofHost)) reasons++;
    return reasons < REASONS_OF_HOST_MAX ? ofReason : ofHost;
  }

  /** Forgets the oldest when its time is over; undefined then. Else all share it. */
  #makeRoom(nowMs: number): Said | undefined {
    for (const [oldest, said] of this.#said) {
      if (nowMs < said.untilMs) return said;
      this.#said.delete(oldest);
      return undefined;
    }
    return undefined;
  }
}
