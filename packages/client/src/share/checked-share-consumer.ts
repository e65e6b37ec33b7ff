import type { WaitOptions } from "../consumer/consumer-types.ts";
import {
  checkCallOptions,
  checkChoice,
  checkFunction,
  checkList,
  checkOptional,
  checkOptions,
  checkSignal,
  checkTimeout,
  checkTopic,
  invalid,
} from "../options/argument-checks.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { KafkaShareConsumer } from "./kafka-share-consumer.ts";
import type { ShareHealth, ShareRunOptions } from "./run/share-run-types.ts";
import type { ShareRecord } from "./share-record-types.ts";
import type { AcknowledgeType, ShareCloseOptions, ShareConsumer } from "./share-types.ts";

/** The border of a share consumer: whatever a caller hands in is checked here, once, under the name the caller knows it by. */
export class CheckedShareConsumer implements ShareConsumer {
  readonly #inner: KafkaShareConsumer;

  constructor(inner: KafkaShareConsumer) {
    this.#inner = inner;
  }

  subscribe(topics: string | readonly string[]): void {
    const list =
      typeof topics === "string" ? [checkTopic("subscribe: topics", topics)] : checkList("subscribe: topics", topics, checkTopic);
    if (list.length === 0) throw invalid("subscribe: topics", topics, "one topic at least; unsubscribe() ends a subscription");
    this.#inner.subscribe(list);
  }

  subscription(): readonly string[] {
    return this.#inner.subscription();
  }

  unsubscribe(): Promise<void> {
    return this.#inner.unsubscribe();
  }

  assignment(): readonly TopicPartition[] {
    return this.#inner.assignment();
  }

  async poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ShareRecord[]> {
    checkTimeout("poll: timeoutMs", timeoutMs);
    checkOptions("poll", options, { signal: checkSignal });
    return this.#inner.poll(timeoutMs, options);
  }

  records(options?: WaitOptions): AsyncIterableIterator<ShareRecord, undefined> {
    checkOptions("records", options, { signal: checkSignal });
    return this.#inner.records(options);
  }

  wakeup(): void {
    this.#inner.wakeup();
  }

  acknowledge(record: ShareRecord, type?: AcknowledgeType): void {
    checkOptional("acknowledge: type", type, (subject, value) => checkChoice(subject, value, ["accept", "release", "reject"]));
    this.#inner.acknowledge(record, type);
  }

  async commit(options?: CallOptions): Promise<void> {
    checkCallOptions("commit", options);
    return this.#inner.commit(options);
  }

  commitAsync(onDone?: (error: Error | undefined) => void): void {
    checkOptional("commitAsync: onDone", onDone, checkFunction);
    this.#inner.commitAsync(onDone);
  }

  acquisitionLockTimeoutMs(): number | undefined {
    return this.#inner.acquisitionLockTimeoutMs();
  }

  run(options: ShareRunOptions): Promise<void> {
    return this.#inner.run(options);
  }

  health(): ShareHealth {
    return this.#inner.health();
  }

  async close(options?: ShareCloseOptions): Promise<void> {
    checkOptions("close", options, { timeoutMs: checkTimeout, loopTimeoutMs: checkTimeout });
    return this.#inner.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#inner.close();
  }
}
