import type { Headers } from "../record.ts";
import { Fifo } from "../runtime/fifo.ts";
import type { RecordCollector } from "../runtime/sink-operator.ts";
import type { ProducedRecord } from "./produced-record.ts";

/** How many records that were read by topic are kept at least before they are forgotten all at once. */
const READ_RECORDS_MAX = 1_000;

/** The records of a topic, and how many of them have been read. */
interface TopicRecords {
  records: ProducedRecord[];
  read: number;
}

/** All that a topology wrote in a driver: what tests read topic by topic, what is taken in the order of writing, and what the topology has not been given back yet. */
export class DriverTopics implements RecordCollector {
  readonly #byTopic = new Map<string, TopicRecords>();
  readonly #offsets = new Map<string, number>();
  #produced: ProducedRecord[] = [];
  /** Of these, those that were read by topic. */
  readonly #read = new Set<ProducedRecord>();
  readonly #unseen = new Fifo<ProducedRecord>();

  send(
    topic: string,
    partition: number | undefined,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestamp: number | null,
    headers: Headers,
  ): void {
    const record: ProducedRecord = { topic, partition, key, value, timestamp, headers };
    this.#produced.push(record);
    this.#unseen.add(record);
    const records = this.#byTopic.get(topic);
    if (records === undefined) this.#byTopic.set(topic, { records: [record], read: 0 });
    else records.records.push(record);
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
    for (const topic of this.#byTopic.values()) {
      topic.records = [];
      topic.read = 0;
    }
    return produced;
  }

  names(): Set<string> {
    return new Set(this.#byTopic.keys());
  }

  count(topic: string): number {
    const found = this.#byTopic.get(topic);
    return found === undefined ? 0 : found.records.length - found.read;
  }

  /** Takes the first record that has not been read. */
  read(topic: string): ProducedRecord | undefined {
    const found = this.#byTopic.get(topic);
    if (found === undefined || found.read === found.records.length) return undefined;
    const record = found.records[found.read++] as ProducedRecord;
    this.#read.add(record);
    if (this.#read.size >= READ_RECORDS_MAX && this.#read.size * 2 > this.#produced.length) this.#forgetRead();
    if (found.read === found.records.length) {
      found.records = [];
      found.read = 0;
    }
    return record;
  }

  nextOffset(topic: string): number {
    const offset = this.#offsets.get(topic) ?? 0;
    this.#offsets.set(topic, offset + 1);
    return offset;
  }

  /** Behind the last record of the topic. */
  endOffset(topic: string): number {
    return this.#offsets.get(topic) ?? 0;
  }

  /** A record with that offset was written: the next ones come behind it. */
  sawOffset(topic: string, offset: number): void {
    if (offset >= (this.#offsets.get(topic) ?? 0)) this.#offsets.set(topic, offset + 1);
  }

  #forgetRead(): void {
    if (this.#read.size === 0) return;
    this.#produced = this.#produced.filter((record) => !this.#read.has(record));
    this.#read.clear();
  }
}
