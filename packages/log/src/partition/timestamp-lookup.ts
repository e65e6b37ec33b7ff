import { TimeSlice } from "@ottla/base";
import { findMaxTimestampInTiers, findTimestampInTiers } from "../remote/remote-search.ts";
import type { RemoteTier, TieredLog } from "../remote/remote-tier.ts";
import type { LogEnvironment } from "../shared/log-environment.ts";
import type { LogRefusal, TimestampedOffset } from "./log-outcomes.ts";
import type { LogState } from "./log-state.ts";
import { refusalOf } from "./refusal.ts";
import { findMaxTimestamp, findTimestamp } from "./timestamp-search.ts";

/** How often a look-up whose segments are replaced under it looks again. */
const LOOKS_MAX = 8;

type Found = TimestampedOffset | undefined | LogRefusal;

/** Finds records by time in all of a log, whatever is replaced or removed under the search. */
export class TimestampLookup {
  readonly #state: LogState;
  readonly #env: LogEnvironment;
  readonly #log: TieredLog;
  /** Undefined where the process has no remote store. */
  readonly #remote: RemoteTier | undefined;
  readonly #onFault: (error: unknown) => void;

  /** `onFault` is told of searches that failed. */
  constructor(state: LogState, env: LogEnvironment, log: TieredLog, remote: RemoteTier | undefined, onFault: (error: unknown) => void) {
    this.#state = state;
    this.#env = env;
    this.#log = log;
    this.#remote = remote;
    this.#onFault = onFault;
  }

  /** The first record at or after `timestampMs`; undefined when all are earlier. */
  firstSince(timestampMs: number): Promise<Found> {
    const { segments, config } = this.#state;
    const searchLocal = (): Promise<Found> =>
      this.#search(() =>
        findTimestamp(segments, timestampMs, this.#state.logStartOffset, config.indexIntervalBytes, new TimeSlice(this.#env.clock)),
      );
    if (this.#remote === undefined) return searchLocal();
    return findTimestampInTiers(this.#env.clock, this.#log, this.#remote, timestampMs, searchLocal).catch(this.#refuse);
  }

  /** The record with the largest timestamp; undefined when there is none. */
  latest(): Promise<Found> {
    const { segments } = this.#state;
    const searchLocal = (): Promise<Found> =>
      this.#search(() => findMaxTimestamp(segments, this.#state.config.indexIntervalBytes, new TimeSlice(this.#env.clock)));
    if (this.#remote === undefined) return searchLocal();
    return findMaxTimestampInTiers(this.#env.clock, this.#log, this.#remote, searchLocal).catch(this.#refuse);
  }

  /** A look-up under which segments were taken out looks again: it may have failed, or have passed over what moved. */
  async #search<T>(run: () => Promise<T>): Promise<T | LogRefusal> {
    const { segments } = this.#state;
    for (let attempt = 0; ; attempt++) {
      const { changes } = segments;
      const isLast = (): boolean => segments.changes === changes || attempt === LOOKS_MAX;
      try {
        const found = await run();
        if (isLast()) return found;
      } catch (error) {
        if (isLast()) return this.#refuse(error);
      }
    }
  }

  readonly #refuse = (error: unknown): LogRefusal => {
    const outcome = refusalOf(error);
    this.#onFault(error);
    return outcome;
  };
}
