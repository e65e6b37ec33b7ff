import type { Headers } from "../record.ts";
import { Fifo } from "../runtime/fifo.ts";
import type { RecordCollector } from "../runtime/sink-operator.ts";
import { copiedBytes } from "../stores/bytes/owned-bytes.ts";
import { type LoggedRecord, ProducedLog } from "./produced-log.ts";
import type { ProducedRecord } from "./produced-record.ts";

/** Which of the driver's tasks reads a topic; `unknown` as long as they do not stand. */
export type TopicReader = "task" | "global" | "none" | "unknown";

/** A topic that was named: who reads it, the offset of its next record as input, and what the topology wrote to it. */
export interface DriverTopic {
  readonly name: string;
  /** Of the log's records of this topic. */
  readonly index: number;
  reader: TopicReader;
  nextOffset: number;
  /** How many records it has that were neither read nor taken. */
  unread: number;
  /** Numbers of the first and the last of them. */
  first: number;
  last: number;
  isWritten: boolean;
}

/** All that a topology wrote in a driver: what tests read topic by topic, what is taken in the order of writing, and what the topology has not been given back yet. */
export class DriverTopics implements RecordCollector {
  readonly #readerOf: (topic: string) => TopicReader;
  readonly #byName = new Map<string, DriverTopic>();
  readonly #all: DriverTopic[] = [];
  readonly #produced = new ProducedLog();
  /** Those that the topology reads, or may read. */
  readonly #unseen = new Fifo<ProducedRecord>();

  constructor(readerOf: (topic: string) => TopicReader) {
    this.#readerOf = readerOf;
  }

  get(name: string): DriverTopic {
    const topic = this.#byName.get(name);
    return topic === undefined || topic.reader === "unknown" ? this.#asked(name, topic) : topic;
  }

  /** The topics that the topology's task both writes and reads. */
  *ownTopics(): Generator<DriverTopic> {
    for (const topic of this.#byName.values()) if (topic.isWritten && topic.reader === "task") yield topic;
  }

  send(
    topic: string,
    partition: number | undefined,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestamp: number | null,
    headers: Headers,
  ): void {
    const to = this.get(topic);
    const number = this.#produced.append(to.index, partition, key, value, timestamp, headers, to.unread === 0 ? -1 : to.last);
    if (to.unread++ === 0) to.first = number;
    to.last = number;
    to.isWritten = true;
    if (to.reader !== "none") {
      const kept = (bytes: Uint8Array | null): Uint8Array | null => (bytes === null ? null : copiedBytes(bytes));
      this.#unseen.add({ topic, partition, key: kept(key), value: kept(value), timestamp, headers });
    }
  }

  partitionsOf(): number {
    return 1;
  }

  nextUnseen(): ProducedRecord | undefined {
    return this.#unseen.take();
  }

  /** What was written and has neither been taken nor read by topic, in its order. */
  takeProduced(): ProducedRecord[] {
    const produced: ProducedRecord[] = [];
    for (const record of this.#produced.takeAll()) produced.push(this.#named(record));
    for (const topic of this.#all) topic.unread = 0;
    return produced;
  }

  names(): Set<string> {
    return new Set(
      this.#byName
        .values()
        .filter((topic) => topic.isWritten)
        .map((topic) => topic.name),
    );
  }

  count(topic: string): number {
    return this.#byName.get(topic)?.unread ?? 0;
  }

  /** Takes the first record that has not been read. */
  read(name: string): ProducedRecord | undefined {
    const topic = this.#byName.get(name);
    if (topic === undefined || topic.unread === 0) return undefined;
    const number = topic.first;
    if (--topic.unread > 0) topic.first = this.#produced.nextOf(number);
    return this.#named(this.#produced.take(number));
  }

  /** A record with that offset was written: the next ones come behind it. */
  sawOffset(name: string, offset: number): void {
    const topic = this.get(name);
    if (offset >= topic.nextOffset) topic.nextOffset = offset + 1;
  }

  #asked(name: string, known: DriverTopic | undefined): DriverTopic {
    const topic = known ?? this.#begin(name);
    topic.reader = this.#readerOf(name);
    return topic;
  }

  #begin(name: string): DriverTopic {
    const topic = {
      name,
      index: this.#all.length,
      reader: "unknown" as const,
      nextOffset: 0,
      unread: 0,
      first: 0,
      last: 0,
      isWritten: false,
    };
    this.#all.push(topic);
    this.#byName.set(name, topic);
    return topic;
  }

  #named({ topic, partition, key, value, timestamp, headers }: LoggedRecord): ProducedRecord {
    return { topic: this.#all[topic]!.name, partition, key, value, timestamp, headers };
  }
}
