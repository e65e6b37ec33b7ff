import { type Clock, TimeSlice } from "@ottla/base";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { TopicState } from "../cluster/metadata-snapshot.ts";
import { isRetriable } from "../cluster/retries.ts";
import { ClientError } from "../client-error.ts";
import { isEnding } from "../lifetime.ts";
import type { BufferMemory, MemoryWaiter } from "./buffer-memory.ts";
import type { Delivery } from "./delivery.ts";
import type { RecordDraft } from "./record-draft.ts";

/** Of all that may wait, a topic that is not known takes at most this part: others must find room. */
const UNKNOWN_TOPIC_SHARE = 0.25;
/** Where a line's array is made shorter. */
const COMPACT_FROM = 1024;

interface Waiting {
  readonly draft: RecordDraft;
  readonly limit: CallLimit;
  readonly delivery: Delivery | undefined;
  onDone: (() => void) | undefined;
}

/** The records of one topic that wait, in the order of the calls. */
class TopicLine implements MemoryWaiter {
  readonly topic: string;
  readonly #entries: Waiting[] = [];
  #head = 0;
  bytes = 0;
  isTopicKnown = true;
  /** What the cluster said of the topic, when time will not heal it. */
  verdict: unknown;
  wake: (() => void) | undefined;
  /** Began when the line last waited for anything: while it waits it holds nobody up. */
  slice: TimeSlice;

  constructor(topic: string, clock: Clock) {
    this.topic = topic;
    this.slice = new TimeSlice(clock);
  }

  get first(): Waiting | undefined {
    return this.#entries[this.#head];
  }

  get last(): Waiting | undefined {
    return this.#entries.at(-1);
  }

  push(entry: Waiting): void {
    this.#entries.push(entry);
    this.bytes += entry.draft.sizeBytes;
  }

  shift(): void {
    this.bytes -= this.first!.draft.sizeBytes;
    if (++this.#head < COMPACT_FROM) return;
    this.#entries.splice(0, this.#head);
    this.#head = 0;
  }
}

/** What the lines need of their producer. */
export interface WaitingHost {
  readonly clock: Clock;
  readonly memory: BufferMemory;
  /** As the user knows the option. */
  nameOf(option: string): string;
  topic(name: string): TopicState | undefined;
  awaitTopic(name: string, limit: CallLimit): Promise<TopicState>;
  /** False when there is no memory. Throws what is wrong with the record. */
  append(draft: RecordDraft, topic: TopicState, delivery: Delivery | undefined, waiter: MemoryWaiter): boolean;
  refuse(error: Error, delivery: Delivery | undefined): void;
}

/**
 * Records that cannot be taken yet, because their topic is not known or memory is short: one line per topic, so that records of a topic never overtake each
 * other and those of another topic need not wait for it. Each has its own deadline, counted from the call.
 */
export class WaitingRecords {
  readonly #host: WaitingHost;
  readonly #bytesMax: number;
  readonly #lines = new Map<string, TopicLine>();
  #bytes = 0;

  constructor(host: WaitingHost, bytesMax: number) {
    this.#host = host;
    this.#bytesMax = bytesMax;
  }

  /** Records of the topic wait: one more has to get into line. */
  has(topic: string): boolean {
    return this.#lines.size > 0 && this.#lines.has(topic);
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** Throws `ClientError` BUFFER_FULL when too much waits already. */
  checkRoom(topic: string): void {
    const line = this.#lines.get(topic);
    const isUnknown = line?.isTopicKnown === false;
    if (this.#bytes < this.#bytesMax && !(isUnknown && line.bytes >= this.#bytesMax * UNKNOWN_TOPIC_SHARE)) return;
    const [bytes, what] = isUnknown ? [line.bytes, `for topic "${topic}", which is not known`] : [this.#bytes, "for memory or metadata"];
    throw new ClientError(
      "BUFFER_FULL",
      `${bytes} bytes of records wait ${what}; await send or enqueue, or raise ${this.#host.nameOf("waitingBytesMax")} (${this.#bytesMax}).`,
    );
  }

  /** Gets into line. */
  add(draft: RecordDraft, limit: CallLimit, delivery: Delivery | undefined): void {
    let line = this.#lines.get(draft.topic);
    const isNew = line === undefined;
    if (line === undefined) this.#lines.set(draft.topic, (line = new TopicLine(draft.topic, this.#host.clock)));
    line.push({ draft, limit, delivery, onDone: undefined });
    this.#bytes += draft.sizeBytes;
    if (isNew) void this.#serve(line);
  }

  /** Resolves when all that wait in the topic's line by now were taken or refused. */
  taken(topic: string): Promise<void> {
    const last = this.#lines.get(topic)?.last;
    if (last === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const before = last.onDone;
      last.onDone = () => {
        before?.();
        resolve();
      };
    });
  }

  /** As {@link taken}, for all topics. */
  async allTaken(): Promise<void> {
    await Promise.all([...this.#lines.keys()].map((topic) => this.taken(topic)));
  }

  /** Never rejects. */
  async #serve(line: TopicLine): Promise<void> {
    for (let entry = line.first; entry !== undefined; entry = line.first) {
      try {
        await this.#takeFirst(line, entry);
      } catch (error) {
        this.#host.refuse(error as Error, entry.delivery);
        if (error === line.verdict) this.#refuseOthers(line, line.verdict as Error);
      }
      this.#done(line);
      // A hundred thousand may have waited for the topic's name.
      if (line.first !== undefined && line.slice.isOver) await line.slice.rest();
    }
    this.#host.memory.leave(line);
    this.#lines.delete(line.topic);
  }

  async #takeFirst(line: TopicLine, { draft, limit, delivery }: Waiting): Promise<void> {
    for (;;) {
      limit.throwIfEnded();
      let topic = this.#host.topic(line.topic);
      if (topic === undefined || topic.partitions.length === 0) {
        line.isTopicKnown = false;
        topic = await this.#host
          .awaitTopic(line.topic, limit)
          .catch((error: unknown) => {
            if (!isRetriable(error) && !isEnding(error)) line.verdict = error;
            throw error;
          })
          .finally(() => (line.slice = new TimeSlice(this.#host.clock)));
      }
      line.isTopicKnown = true;
      if (this.#host.append(draft, topic, delivery, line)) {
        this.#host.memory.leave(line);
        return;
      }
      await this.#host.memory.wait(line, limit).finally(() => (line.slice = new TimeSlice(this.#host.clock)));
    }
  }

  /** What is true of the topic is true of all its records: they need not ask again, one by one. The first one has been told. */
  #refuseOthers(line: TopicLine, error: Error): void {
    const { last } = line;
    while (line.first !== last) {
      this.#done(line);
      this.#host.refuse(error, line.first!.delivery);
    }
  }

  #done(line: TopicLine): void {
    const entry = line.first!;
    line.shift();
    this.#bytes -= entry.draft.sizeBytes;
    entry.onDone?.();
  }
}
