import { ClientError } from "../client-error.ts";
import { CloseTime } from "../close-time.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { OnePoll } from "../consumer/one-poll.ts";
import type { LoopTurns } from "../consumer/record-iterators.ts";
import type { ShareRun } from "./run/share-run.ts";
import type { ShareFetcher } from "./share-fetcher.ts";
import type { ShareMember } from "./share-member.ts";

/** Of a close's time this much is kept for what is to be said to brokers. */
export const FAREWELL_MS = 5000;

/** What a share consumer that closes has open. */
export interface ShareClosingHost {
  readonly groupId: string;
  readonly member: ShareMember;
  readonly fetcher: ShareFetcher;
  readonly lanes: readonly Lane[];
  readonly turns: LoopTurns;
  readonly one: OnePoll;
  readonly run: ShareRun | undefined;
}

/** The end of a share consumer: what is in hand is waited for, then farewell is said to leaders and group, all within the time that the close has. */
export class ShareClosing {
  readonly #cluster: Cluster;
  readonly #host: ShareClosingHost;
  readonly #time: CloseTime;

  constructor(cluster: Cluster, host: ShareClosingHost) {
    this.#cluster = cluster;
    this.#host = host;
    this.#time = new CloseTime(cluster.deps.clock);
  }

  /** A second call of close may leave less time than the first. */
  within(timeoutMs: number): void {
    this.#time.within(timeoutMs);
  }

  /** Everything of the consumer is over when it has settled; `ended` is called then, before anybody hears of it. Rejects as the farewell does. */
  async carryOut(timeoutMs: number, loopTimeoutMs: number, ended: () => void): Promise<void> {
    const { member, fetcher, lanes } = this.#host;
    const forget = this.#cluster.lifetime.onEnd(() => this.#time.end());
    this.#time.within(timeoutMs);
    try {
      await this.#loopIsOver(Math.min(loopTimeoutMs, timeoutMs - Math.min(FAREWELL_MS, timeoutMs / 2)));
      this.#host.run?.giveUp("The consumer was closed before the record was done.");
      if (this.#time.isOver) return;
      const farewell = Promise.all([fetcher.sayFarewell(), member.leave("the consumer was closed")]);
      farewell.catch(() => {});
      await Promise.race([farewell, this.#time.over]);
    } finally {
      forget();
      this.#time.release();
      this.#host.run?.giveUp("The consumer was closed.");
      member.stop();
      fetcher.stop();
      const cause = this.#cluster.lifetime.cause ?? shareConsumerClosed();
      for (const lane of lanes) lane.close(cause);
      ended();
    }
  }

  /** Resolves when no loop works on a record and no poll is waiting, or when that takes too long. */
  async #loopIsOver(timeoutMs: number): Promise<void> {
    const { turns, one, groupId } = this.#host;
    const patience = new CloseTime(this.#cluster.deps.clock);
    patience.within(timeoutMs);
    await Promise.race([this.#time.over, patience.over, Promise.all([turns.over(), one.idle])]);
    patience.release();
    if (turns.count > 0)
      this.#cluster.deps.logger.warn("closed while records were worked on; they are delivered again", { group: groupId });
  }
}

export function shareConsumerClosed(): ClientError {
  return new ClientError("CLIENT_CLOSED", "The consumer was closed.");
}
