import { ClientError } from "../../client-error.ts";
import type { CallLimit } from "../../cluster/call-limit.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { TopicPartition } from "../../topic-partition.ts";
import type { PollLoop } from "../poll-loop.ts";
import { RecordMover, type RunTools } from "./record-mover.ts";
import { RecordRunner, type RunnerHost } from "./record-runner.ts";
import type { ResolvedRunOptions } from "./resolve-run-options.ts";

/** What a run needs of its consumer. */
export interface ConsumerRunHost extends Omit<RunnerHost, "failed"> {
  readonly loop: PollLoop;
  /** A waiting poll looks again. */
  wake(): void;
  /** The group goes on counting on this member although nobody polls. */
  stayAlive(): void;
  /** Reads these topics, too. */
  alsoSubscribe(topics: readonly string[]): void;
  readonly isClosing: boolean;
}

/** A consumer that hands its records to a handler by itself: one endless poll, so that the group always hears that the application is alive. */
export class ConsumerRun {
  readonly options: ResolvedRunOptions;
  readonly #host: ConsumerRunHost;
  readonly #mover: RecordMover;
  readonly runner: RecordRunner;

  constructor(cluster: Cluster, options: ResolvedRunOptions, host: ConsumerRunHost, tools: RunTools) {
    this.options = options;
    this.#host = host;
    this.#mover = new RecordMover(tools, cluster.deps, cluster.options);
    this.runner = new RecordRunner(cluster.deps, options, { ...host, failed: () => host.wake() }, this.#mover);
  }

  /** Until the consumer is closing and nothing is in hand any more. Rejects with what ended it otherwise. */
  async untilClosing(limit: CallLimit): Promise<void> {
    const { loop } = this.#host;
    // A close waits for what is in hand as it waits for a loop.
    loop.turns.begin();
    try {
      await this.#prepare(limit);
      await this.#poll();
    } catch (error) {
      if (!(this.#host.isClosing && error instanceof ClientError && error.code === "CLIENT_CLOSED")) throw error;
    } finally {
      this.#host.stayAlive();
      await this.runner.drain(undefined, this.options.drainTimeoutMs);
      this.runner.stop();
      loop.turns.end();
    }
  }

  /** Partitions go to another member: finishes what is in hand of them, within the time there is. */
  drain(partitions: readonly TopicPartition[]): Promise<void> {
    return this.runner.drain(partitions, this.options.drainTimeoutMs);
  }

  /** Lets go of what moves records. */
  close(timeoutMs: number): Promise<void> {
    return this.#mover.close(timeoutMs);
  }

  async #prepare(limit: CallLimit): Promise<void> {
    const { policy, createTopics } = this.options;
    const retryTopics = policy.retryTopics.map(({ topic }) => topic);
    const topics = [...retryTopics, ...(policy.deadLetterTopic === undefined ? [] : [policy.deadLetterTopic])];
    if (topics.length > 0 && createTopics) await limit.bound("run", () => this.#mover.createMissing(topics, limit));
    if (retryTopics.length > 0) this.#host.alsoSubscribe(retryTopics);
  }

  async #poll(): Promise<void> {
    for (;;) {
      try {
        await this.#host.loop.waitFor("run", Infinity, undefined, () => {
          this.runner.turn();
          return undefined;
        });
      } catch (error) {
        if (!(error instanceof ClientError && error.code === "WOKEN_UP")) throw error;
      }
    }
  }
}
