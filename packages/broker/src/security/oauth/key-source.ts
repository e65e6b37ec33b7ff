import type { Clock, Logger, Timer } from "@ottla/base";

/** When the keys of an identity provider are fetched again. */
export interface KeySchedule {
  readonly refreshMs: number;
  /** After a fetch that failed; doubled each time. */
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
}

interface KeySourceDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long one fetch may take. */
const FETCH_MS_MAX = 10_000;
/** A token that names an unknown key has the keys fetched; not more often than this, whatever tokens come. */
const ASKED_INTERVAL_MS = 5000;
/** For as long a key that was not among the fetched ones is not asked for again. */
const MISSING_MS = 60_000;
const MISSING_KEYS_MAX = 16;
/** Longer names of keys are not asked for. */
const KEY_ID_CHARS_MAX = 1000;

/**
 * The keys of one identity provider, fetched beside the logins: at the start, every so often, and when a token names a key that is not there. Where a fetch fails the old keys
 * stay, the log hears of it once, and it is tried again until it succeeds.
 */
export class KeySource<Keys> {
  readonly #deps: KeySourceDeps;
  readonly #where: string;
  readonly #schedule: KeySchedule;
  readonly #fetch: (signal: AbortSignal) => Promise<Keys>;
  #keys: Keys | undefined;
  #fetching: Promise<void> | undefined;
  #abort: AbortController | undefined;
  #timer: Timer | undefined;
  /** In a row. */
  #failures = 0;
  #isClosed = false;
  #askedAtMs = -Infinity;
  /** Until when a key is taken to be nowhere. */
  readonly #missingUntilMs = new Map<string, number>();

  /** `where` is for the log, `fetch` rejects with what is to be told. */
  constructor(deps: KeySourceDeps, where: string, schedule: KeySchedule, fetch: (signal: AbortSignal) => Promise<Keys>) {
    this.#deps = deps;
    this.#where = where;
    this.#schedule = schedule;
    this.#fetch = fetch;
    void this.#refresh();
  }

  /** The keys as they were fetched last; undefined where none were yet. The first fetch is waited for. */
  async current(): Promise<Keys | undefined> {
    if (this.#keys === undefined) await this.#fetching;
    return this.#keys;
  }

  /** The keys once they have been fetched because of a key that was not among them; undefined where it is too soon for that. */
  async refreshedFor(keyId: string): Promise<Keys | undefined> {
    if (this.#fetching !== undefined) {
      await this.#fetching;
      return this.#keys;
    }
    const nowMs = this.#deps.clock.monotonicMs();
    if (keyId.length > KEY_ID_CHARS_MAX || nowMs < (this.#missingUntilMs.get(keyId) ?? -Infinity)) return undefined;
    if (nowMs - this.#askedAtMs < ASKED_INTERVAL_MS) return undefined;
    this.#askedAtMs = nowMs;
    this.#missingUntilMs.delete(keyId);
    this.#missingUntilMs.set(keyId, nowMs + MISSING_MS);
    for (const oldest of this.#missingUntilMs.keys()) {
      if (this.#missingUntilMs.size <= MISSING_KEYS_MAX) break;
      this.#missingUntilMs.delete(oldest);
    }
    await this.#refresh();
    return this.#keys;
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#abort?.abort();
  }

  /** One fetch at a time. */
  #refresh(): Promise<void> {
    this.#fetching ??= this.#refreshNow().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #refreshNow(): Promise<void> {
    if (this.#isClosed) return;
    const { clock, logger } = this.#deps;
    this.#timer?.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    const tooLong = clock.schedule(FETCH_MS_MAX, () => abort.abort(new Error(`there was no answer within ${FETCH_MS_MAX / 1000} s`)));
    try {
      const keys = await this.#fetch(abort.signal);
      this.#keys = keys;
      if (this.#failures > 0) logger.info("the keys for OAUTHBEARER tokens are there", { from: this.#where, failedBefore: this.#failures });
      this.#failures = 0;
      this.#again(this.#schedule.refreshMs);
    } catch (error) {
      if (!this.#isClosed) this.#failed(error);
    } finally {
      tooLong.cancel();
    }
  }

  #failed(error: unknown): void {
    const { retryBackoffMs, retryBackoffMaxMs, refreshMs } = this.#schedule;
    if (this.#failures++ === 0)
      this.#deps.logger.error(
        this.#keys === undefined
          ? "the keys for OAUTHBEARER tokens cannot be fetched: nobody can log in with a token until they are there"
          : "the keys for OAUTHBEARER tokens cannot be fetched anew: the old ones stay",
        { from: this.#where, error: error instanceof Error ? error.message : String(error) },
      );
    this.#again(Math.min(refreshMs, retryBackoffMaxMs, retryBackoffMs * 2 ** Math.min(this.#failures - 1, 30)));
  }

  #again(afterMs: number): void {
    if (this.#isClosed) return;
    this.#timer = this.#deps.clock.schedule(Math.max(1, afterMs), () => void this.#refresh());
  }
}
