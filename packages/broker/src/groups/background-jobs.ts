import type { Clock, Logger } from "@ottla/base";

/** What failed is not tried again before. */
const RETRY_MS = 5000;
/** Groups worked on at once; the others' next heartbeats ask again. */
const JOBS_MAX = 1000;

/** What background jobs have of the world. */
interface BackgroundJobsHost {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Work for groups that is too much for a request: at most one job at a time for each, and what failed rests before it is tried again. */
export class BackgroundJobs {
  readonly #host: BackgroundJobsHost;
  readonly #underWay = new Map<string, Promise<void>>();
  /** Monotonic times before which groups are left alone, as the last try failed. */
  readonly #restingUntilMs = new Map<string, number>();

  constructor(host: BackgroundJobsHost) {
    this.#host = host;
  }

  /** Nobody is at it, and it may be begun. */
  mayBegin(groupId: string): boolean {
    return !this.#underWay.has(groupId) && this.#underWay.size < JOBS_MAX && !this.#rests(groupId);
  }

  /** `job` resolves with whether it is done; what it rejects with is logged. */
  begin(groupId: string, job: () => Promise<boolean>): void {
    const done = this.#carryOut(groupId, job);
    this.#underWay.set(groupId, done);
    void done.then(() => this.#underWay.delete(groupId));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values());
  }

  async #carryOut(groupId: string, job: () => Promise<boolean>): Promise<void> {
    const { clock, logger } = this.#host;
    let isDone = false;
    try {
      isDone = await job();
    } catch (error) {
      logger.error("work beside a group's requests failed", { groupId, error: error instanceof Error ? error.stack : String(error) });
    }
    if (isDone) return;
    if (this.#restingUntilMs.size >= JOBS_MAX) this.#restingUntilMs.clear();
    this.#restingUntilMs.set(groupId, clock.monotonicMs() + RETRY_MS);
  }

  #rests(groupId: string): boolean {
    const untilMs = this.#restingUntilMs.get(groupId);
    if (untilMs === undefined) return false;
    if (this.#host.clock.monotonicMs() < untilMs) return true;
    this.#restingUntilMs.delete(groupId);
    return false;
  }
}
