import type { TopicRecord } from "../storage/topic-codec.ts";
import { type LoggedRecord, NotAppended, type RegistryLog } from "./registry-log.ts";

/** What several logs share: a topic that is a list, of which one leads. */
export class MemoryTopic {
  readonly id = "memory";
  readonly records: LoggedRecord[];
  readonly readers = new Set<(records: readonly LoggedRecord[]) => void>();
  leader: MemoryLog | undefined;

  constructor(records: readonly LoggedRecord[] = []) {
    this.records = [...records];
  }

  append(records: readonly TopicRecord[]): number {
    const added = records.map(({ key, value }, index) => ({ offset: this.records.length + index, key, value }));
    this.records.push(...added);
    for (const read of this.readers) read(added);
    return this.records.length - 1;
  }
}

/** A log that is a list, for tests and for registries that need not last. */
export class MemoryLog implements RegistryLog {
  readonly topic: MemoryTopic;
  #read: ((records: readonly LoggedRecord[]) => void) | undefined;

  constructor(records: readonly LoggedRecord[] | MemoryTopic = []) {
    this.topic = records instanceof MemoryTopic ? records : new MemoryTopic(records);
  }

  get id(): string {
    return this.topic.id;
  }

  get records(): readonly LoggedRecord[] {
    return this.topic.records;
  }

  start(onRecords: (records: readonly LoggedRecord[]) => void): Promise<"read" | "absent"> {
    if (this.topic.records.length > 0) onRecords([...this.topic.records]);
    // Whoever appends must not count on being told in the same turn: a topic does not either.
    this.#read = (added) => void setImmediate(() => this.#read !== undefined && onRecords(added));
    this.topic.readers.add(this.#read);
    return Promise.resolve("read");
  }

  create(): Promise<void> {
    return Promise.resolve();
  }

  lead(claim: TopicRecord): Promise<number> {
    this.topic.leader = this;
    return Promise.resolve(this.topic.append([claim]));
  }

  append(records: readonly TopicRecord[]): Promise<number> {
    if (this.topic.leader !== this) return Promise.reject(new NotAppended("notLeading", new Error("another leads")));
    return Promise.resolve(this.topic.append(records));
  }

  readToEnd(): Promise<void> {
    // What was appended before is handed over by then.
    return new Promise((resolve) => void setImmediate(() => setImmediate(resolve)));
  }

  stop(): Promise<void> {
    if (this.#read !== undefined) this.topic.readers.delete(this.#read);
    this.#read = undefined;
    return Promise.resolve();
  }
}
