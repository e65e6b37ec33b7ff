import type { Clock, Logger } from "@ottla/base";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { OffsetCommitter } from "./offset-committer.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";
import { messageOf } from "../thrown.ts";

/** The next one covers what this one could not write. */
const COMMIT_TIMEOUT_MS = 5000;
/** A rebalance waits longer for the commit before it, but not for ever: what is not committed is read again. */
const LAST_COMMIT_TIMEOUT_MS = 15_000;

/** Commits what the application is done with, from time to time and before partitions are given up. Failures are logged: the next one covers them. */
export class AutoCommit {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #options: ResolvedConsumerOptions;
  readonly #partitions: AssignedPartitions;
  readonly #committer: OffsetCommitter;
  #dueMs: number;

  constructor(
    world: { readonly clock: Clock; readonly logger: Logger },
    options: ResolvedConsumerOptions,
    partitions: AssignedPartitions,
    committer: OffsetCommitter,
  ) {
    this.#clock = world.clock;
    this.#logger = world.logger;
    this.#options = options;
    this.#partitions = partitions;
    this.#committer = committer;
    this.#dueMs = options.enableAutoCommit ? this.#clock.monotonicMs() + options.autoCommitIntervalMs : Infinity;
  }

  /** When the next one is due (monotonic ms); Infinity: never. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Commits in the background when it is time. `mayCommit`: the group would take it now. */
  tick(mayCommit: boolean): void {
    const now = this.#clock.monotonicMs();
    if (now < this.#dueMs) return;
    this.#dueMs = now + this.#options.autoCommitIntervalMs;
    if (mayCommit) void this.#commit(COMMIT_TIMEOUT_MS);
  }

  /** The last one before partitions go. Never rejects. */
  async beforeRevoke(): Promise<void> {
    if (this.#options.enableAutoCommit) await this.#commit(LAST_COMMIT_TIMEOUT_MS);
  }

  async #commit(timeoutMs: number): Promise<void> {
    const offsets = this.#committer.uncommitted(this.#partitions);
    if (offsets.length === 0) return;
    try {
      await this.#committer.commit(offsets, { timeoutMs });
    } catch (error) {
      this.#logger.warn("automatic commit failed", {
        group: this.#options.groupId,
        error: messageOf(error),
      });
    }
  }
}
