import { ClientError } from "../client-error.ts";
import { CloseTime } from "../close-time.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { Fetcher } from "./fetcher.ts";
import type { GroupSession } from "./group-session.ts";
import type { PollLoop } from "./poll-loop.ts";
import type { ConsumerRun } from "./run/consumer-run.ts";

export const CLOSE_TIMEOUT_MS = 30_000;
/** How long a close waits for what a loop is working on, unless told otherwise. */
export const LOOP_TIMEOUT_MS = 5000;
/** Of a close's time this much is kept for the last commit and for leaving. */
export const FAREWELL_MS = 5000;

/** What a consumer that closes has open. */
export interface ClosingHost {
  readonly groupId: string | undefined;
  readonly loop: PollLoop;
  readonly fetcher: Fetcher;
  readonly lanes: readonly Lane[];
  readonly run: ConsumerRun | undefined;
  readonly session: GroupSession | undefined;
  /** Commits, revokes, leaves the group. */
  endSession(reason: string): Promise<void>;
}

/** The end of a consumer: what is in hand is waited for, then farewell is said to the group, all within the time that the close has. */
export class ConsumerClosing {
  readonly #cluster: Cluster;
  readonly #host: ClosingHost;
  readonly #time: CloseTime;

  constructor(cluster: Cluster, host: ClosingHost) {
    this.#cluster = cluster;
    this.#host = host;
    this.#time = new CloseTime(cluster.deps.clock);
  }

  /** A second call of close may leave less time than the first. */
  within(timeoutMs: number): void {
    this.#time.within(timeoutMs);
  }

  /** Everything of the consumer is over when it has settled. Rejects as the farewell does. */
  async carryOut(timeoutMs: number, loopTimeoutMs: number): Promise<void> {
    const host = this.#host;
    const forget = this.#cluster.lifetime.onEnd(() => this.#time.end());
    this.#time.within(timeoutMs);
    try {
      await this.#loopIsOver(Math.min(loopTimeoutMs, timeoutMs - Math.min(FAREWELL_MS, timeoutMs / 2)));
      host.run?.runner.giveUp("The consumer was closed before the record was done.");
      if (this.#time.isOver) return;
      const farewell = this.#sayFarewell();
      farewell.catch(() => {});
      await Promise.race([farewell, this.#time.over]);
    } finally {
      forget();
      this.#time.release();
      host.run?.runner.giveUp("The consumer was closed.");
      void host.run?.close(0).catch(() => {});
      host.session?.stop();
      void host.fetcher.close();
      const cause = this.#cluster.lifetime.cause ?? consumerClosed();
      for (const lane of host.lanes) lane.close(cause);
    }
  }

  /** Resolves when no loop works on a record and no poll runs a callback, or when that takes too long. */
  async #loopIsOver(timeoutMs: number): Promise<void> {
    const { loop, groupId } = this.#host;
    const patience = new CloseTime(this.#cluster.deps.clock);
    patience.within(timeoutMs);
    await Promise.race([this.#time.over, patience.over, Promise.all([loop.turns.over(), loop.idle])]);
    patience.release();
    if (loop.turns.count > 0)
      this.#cluster.deps.logger.warn("closed while a loop was working on a record or batch; it will be read again", { group: groupId });
  }

  async #sayFarewell(): Promise<void> {
    const { fetcher, run } = this.#host;
    await Promise.all([this.#host.endSession("the consumer was closed"), fetcher.close(), run?.close(CLOSE_TIMEOUT_MS)]);
  }
}

export function consumerClosed(): ClientError {
  return new ClientError("CLIENT_CLOSED", "The consumer was closed.");
}
