import { type Clock, type Logger, type Timer, TimeSlice } from "@ottla/base";
import type { PartitionLog } from "../partition/partition-log.ts";
import type { Checkpoints } from "./checkpoints.ts";

/** How often housekeeping is done, in ms; Kafka's names and defaults. */
export interface UpkeepSchedule {
  /** `log.retention.check.interval.ms`. */
  readonly retentionCheckIntervalMs: number;
  /** How often `flush.ms` is looked at. */
  readonly flushCheckIntervalMs: number;
  /**
   * How often producers to forget are looked for (`producer.id.expiration.check.interval.ms`). By the times of their records, so one that sends old records may
   * be forgotten each time.
   */
  readonly producerExpiryCheckIntervalMs: number;
  /** How soon a moved recovery point is written (`log.flush.offset.checkpoint.interval.ms` at most). */
  readonly checkpointIntervalMs: number;
  /** How long a deleted partition's files stay (`file.delete.delay.ms` of the broker). */
  readonly deleteDelayMs: number;
}

/** Kafka's defaults. */
export const defaultUpkeepSchedule: UpkeepSchedule = {
  retentionCheckIntervalMs: 300_000,
  flushCheckIntervalMs: 1000,
  producerExpiryCheckIntervalMs: 600_000,
  checkpointIntervalMs: 10_000,
  deleteDelayMs: 1000,
};

/** What is done to one log after the other. */
type LogRound = "maintain" | "expireProducers";

/** Does by the clock what no request asks for: retention, timed flushes, forgotten producers and checkpoints. */
export class StoreUpkeep {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #logs: ReadonlyMap<string, PartitionLog>;
  readonly #checkpoints: Checkpoints;
  readonly #schedule: UpkeepSchedule;
  readonly #timers = new Set<Timer>();
  #retention: Promise<void> | undefined;
  /** Rounds that run now: one of a kind at a time. */
  readonly #rounds = new Set<LogRound>();
  #isStopped = false;

  constructor(
    deps: { readonly clock: Clock; readonly logger: Logger },
    logs: ReadonlyMap<string, PartitionLog>,
    checkpoints: Checkpoints,
    schedule: UpkeepSchedule,
  ) {
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#logs = logs;
    this.#checkpoints = checkpoints;
    this.#schedule = schedule;
  }

  start(): void {
    this.#every(this.#schedule.retentionCheckIntervalMs, () => void this.runRetention());
    this.#every(this.#schedule.flushCheckIntervalMs, () => void this.#visit("maintain"));
    this.#every(this.#schedule.producerExpiryCheckIntervalMs, () => void this.#visit("expireProducers"));
    this.#every(this.#schedule.checkpointIntervalMs, () => this.#checkpoints.writeIfStale());
  }

  /** One round over all logs; a round that runs is joined. */
  runRetention(): Promise<void> {
    this.#retention ??= this.#retain().finally(() => {
      this.#retention = undefined;
    });
    return this.#retention;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    await this.#retention;
  }

  async #visit(round: LogRound): Promise<void> {
    if (this.#rounds.has(round)) return;
    this.#rounds.add(round);
    const slice = new TimeSlice(this.#clock);
    for (const log of this.#logs.values()) {
      if (this.#isStopped) break;
      log[round]();
      if (slice.isOver) await slice.rest();
    }
    this.#rounds.delete(round);
  }

  async #retain(): Promise<void> {
    const slice = new TimeSlice(this.#clock);
    for (const log of this.#logs.values()) {
      if (slice.isOver) await slice.rest();
      if (this.#isStopped) return;
      try {
        await log.deleteExpiredSegments(this.#clock.nowMs());
      } catch (error) {
        this.#logger.error("old segments could not be removed", { topic: log.topic, partition: log.partition, error });
      }
    }
  }

  #every(intervalMs: number, run: () => void): void {
    this.#after(intervalMs, () => {
      run();
      this.#every(intervalMs, run);
    });
  }

  #after(delayMs: number, run: () => void): void {
    if (this.#isStopped) return;
    const timer = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }
}
