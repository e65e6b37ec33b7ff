import type { AppendOptions, AppendOutcome, PartitionLog } from "@ottla/log";
import { TopicTraffic } from "./topic-traffic.ts";

/** Hears of what happens to a partition, after the fact. It must not throw. */
export interface PartitionWatcher {
  /** More can be read: `bytes` were appended below the high watermark. */
  onAdvance(bytes: number): void;
  /** A transaction has ended: who reads committed records only may read more, or other, than what was appended. */
  onDecided(): void;
  /** Anything else that changes answers: trimmed, moved, deleted, failed. */
  onChange(): void;
}

/** One partition of a running broker: its log and who waits for it. */
export class Partition {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  readonly log: PartitionLog;
  /** Of its topic. */
  readonly traffic: TopicTraffic;
  readonly #watchers = new Set<PartitionWatcher>();

  constructor(topic: string, topicId: string, index: number, log: PartitionLog, traffic: TopicTraffic = new TopicTraffic()) {
    this.topic = topic;
    this.topicId = topicId;
    this.index = index;
    this.log = log;
    this.traffic = traffic;
    log.follow(() => this.changed());
  }

  /** Appends one validated batch and tells the watchers. See `PartitionLog.append`. */
  append(batch: Buffer, options: AppendOptions): AppendOutcome {
    const outcome = this.log.append(batch, options);
    if (outcome.kind !== "appended") return outcome;
    const sizeBytes = batch.length;
    const isMarker = options.origin === "marker";
    this.traffic.appended(sizeBytes, outcome.lastOffset - outcome.baseOffset + 1);
    if (this.#watchers.size === 0) return outcome;
    // With flush.messages=1 the high watermark follows the disk.
    const durable = this.log.durable(outcome.lastOffset);
    if (durable === undefined) this.#advanced(sizeBytes, isMarker);
    else
      void durable.then(
        () => this.#advanced(sizeBytes, isMarker),
        () => this.changed(),
      );
    return outcome;
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  watch(watcher: PartitionWatcher): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: PartitionWatcher): void {
    this.#watchers.delete(watcher);
  }

  #advanced(bytes: number, isMarker: boolean): void {
    for (const watcher of this.#watchers) {
      watcher.onAdvance(bytes);
      if (isMarker) watcher.onDecided();
    }
  }

  /** Tells the watchers that answers about this partition are different now. */
  changed(): void {
    for (const watcher of this.#watchers) watcher.onChange();
  }
}
