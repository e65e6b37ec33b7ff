import type { Headers } from "../record.ts";
import { Fifo } from "../runtime/fifo.ts";
import type { RecordCollector } from "../runtime/sink-operator.ts";
import type { ProducedRecord } from "./produced-record.ts";

/** How many records that were read by topic are kept at least before they are forgotten all at once. */
const READ_RECORDS_MAX = 1_000;

/** Which of the driver's tasks reads a topic; `unknown` as long as they do not stand. */
export type TopicReader = "task" | "global" | "none" | "unknown";

/** A topic that was named: who reads it, the offset of its next record as input, and what the topology wrote to it. */
export interface DriverTopic {
  readonly name: string;
  reader: TopicReader;
  nextOffset: number;
  /** How many records it has that were neither read nor taken. */
  unread: number;
  /** The first of them is at this place of what was produced, or behind it. */
  from: number;
  isWritten: boolean;
}

/** All that a topology wrote in a driver: what tests read topic by topic, what is taken in the order of writing, and what the topology has not been given back yet. */
export class DriverTopics implements RecordCollector {
  readonly #readerOf: (topic: string) => TopicReader;
  readonly #byName = new Map<string, DriverTopic>();
  #produced: ProducedRecord[] = [];
  /** Of these, those that were read by topic. */
  readonly #read = new Set<ProducedRecord>();
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
    const record: ProducedRecord = { topic, partition, key, value, timestamp, headers };
    const to = this.get(topic);
    to.isWritten = true;
    to.unread++;
    this.#produced.push(record);
    if (to.reader !== "none") this.#unseen.add(record);
  }

  partitionsOf(): number {
    return 1;
  }

  nextUnseen(): ProducedRecord | undefined {
    return this.#unseen.take();
  }

  /** What was written and has neither been taken nor read by topic, in its order. */
  takeProduced(): ProducedRecord[] {
    this.#forgetRead();
    const produced = this.#produced;
    this.#produced = [];
    for (const topic of this.#byName.values()) {
      topic.unread = 0;
      topic.from = 0;
    }
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
    let record = this.#produced[topic.from++] as ProducedRecord;
    while (record.topic !== name) record = this.#produced[topic.from++] as ProducedRecord;
    topic.unread--;
    this.#read.add(record);
    if (this.#read.size >= READ_RECORDS_MAX && this.#read.size * 2 > this.#produced.length) this.#forgetRead();
    return record;
  }

  /** A record with that offset was written: the next ones come behind it. */
  sawOffset(name: string, offset: number): void {
    const topic = this.get(name);
    if (offset >= topic.nextOffset) topic.nextOffset = offset + 1;
  }

  #asked(name: string, known: DriverTopic | undefined): DriverTopic {
    const topic: DriverTopic = known ?? { name, reader: "unknown", nextOffset: 0, unread: 0, from: 0, isWritten: false };
    topic.reader = this.#readerOf(name);
    this.#byName.set(name, topic);
    return topic;
  }

  #forgetRead(): void {
    if (this.#read.size === 0) return;
    this.#produced = this.#produced.filter((record) => !this.#read.has(record));
    this.#read.clear();
    for (const topic of this.#byName.values()) topic.from = 0;
  }
}
