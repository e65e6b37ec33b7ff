import { type Clock, OttlaError, pause } from "@ottla/base";
import {
  type Admin,
  type Client,
  ClientError,
  type ConsumerRecord,
  type HeaderInput,
  type ProducerRecord,
  type TopicPartition,
} from "@ottla/client";
import { partitionsOf, unknownTopic } from "./dead-letter-partitions.ts";
import { refuseForgotten } from "./forgotten-positions.ts";
import { headersBefore, storyOf } from "./letter-story.ts";
import { readToEnd } from "./read-to-end.ts";
import { replayedUpTo, replayGroup } from "./replay-group.ts";

/** What is to be sent in place of a dead letter; what is undefined stays as it was. */
export interface LetterEdit {
  readonly partition: number;
  readonly offset: number;
  readonly key?: Buffer | null | undefined;
  readonly value?: Buffer | null | undefined;
  readonly headers?: readonly HeaderInput[] | undefined;
  /** It is not sent at all. */
  readonly isSkipped: boolean;
}

/** One text for a place in a topic. */
export function placeOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition} ${offset}`;
}

/** What is sent, and how fast. */
export interface RedriveOptions {
  /** The dead letters'. */
  readonly topic: string;
  /** Where all of them go; undefined: each to where it came from. */
  readonly to?: string | undefined;
  /** By {@link placeOf}. */
  readonly edits?: ReadonlyMap<string, LetterEdit>;
  /** Records; undefined: all that are there now. */
  readonly limit?: number | undefined;
  /** Records a second; undefined: as fast as it goes. */
  readonly perS?: number | undefined;
  /** Also where no position is kept of letters that are so old that it may have been forgotten. */
  readonly fromBeginning?: boolean;
  /** Nothing is sent, and no position moved. */
  readonly isDry?: boolean;
  readonly clock: Clock;
  /** Called after each transaction. */
  readonly onProgress?: (progress: RedriveProgress) => void;
}

/** What came of it so far. */
export interface RedriveProgress {
  /** Records by the topic that they went to. */
  readonly sent: ReadonlyMap<string, number>;
  /** Of those, sent as edited. */
  readonly edited: number;
  /** Passed over by an edit. */
  readonly skipped: number;
}

/** Records of one transaction. */
const BATCH_LENGTH = 500;

/**
 * Sends what was not sent before, each record once: in transactions that hold the records and the position behind them, so that whatever happens in between the next redrive goes on behind what was sent, and of two at
 * the same time the older one is stopped. Errors: `NO_SUCH_LETTER`, `ALREADY_SENT`, `NO_ORIGIN`, `SAME_TOPIC`, `UNKNOWN_TOPIC`, `POSITION_FORGOTTEN`, those of the client.
 */
export class Redrive {
  readonly #client: Client;
  readonly #options: RedriveOptions;
  /** By topic, the number of its partitions. */
  readonly #targets = new Map<string, number>();
  readonly #edits: ReadonlyMap<string, LetterEdit>;
  readonly #pace: Pace;
  readonly #sent = new Map<string, number>();
  #edited = 0;
  #skipped = 0;

  constructor(client: Client, options: RedriveOptions) {
    this.#client = client;
    this.#options = options;
    this.#edits = options.edits ?? new Map();
    this.#pace = new Pace(options.clock, options.perS ?? Number.POSITIVE_INFINITY);
  }

  get progress(): RedriveProgress {
    return { sent: this.#sent, edited: this.#edited, skipped: this.#skipped };
  }

  /** Goes on until all that was there is sent, the limit is reached, or the signal comes. */
  async run(signal: AbortSignal): Promise<RedriveProgress> {
    const { topic, to, isDry = false, fromBeginning } = this.#options;
    const admin = this.#client.admin();
    const partitions = await partitionsOf(admin, [topic]);
    if (to !== undefined) await this.#learnTarget(admin, to);
    const producer = isDry ? undefined : this.#client.producer({ transactionalId: replayGroup(topic) });
    try {
      // Before the position is read: an older redrive that still runs cannot move it any more.
      await producer?.initTransactions({ signal });
      const kept = await replayedUpTo(this.#client, topic, partitions);
      const replayed = kept.map((offset) => offset ?? 0);
      const consumer = this.#client.consumer({ isolationLevel: "read_committed" });
      try {
        consumer.assign(partitions);
        const starts = await consumer.beginningOffsets(partitions, { signal });
        const ends = await consumer.endOffsets(partitions, { signal });
        const start = { topic, partitions, replayed: kept, starts, ends };
        if (fromBeginning !== true) await refuseForgotten(admin, consumer, start, this.#options.clock.nowMs(), signal);
        this.#requireThere(partitions, replayed, ends);
        partitions.forEach((each, i) => consumer.seek(each, Math.max(replayed[i]!, starts[i]!.offset)));
        await this.#sendAll(admin, readToEnd(consumer, partitions, signal), producer, signal);
      } finally {
        await consumer.close();
      }
    } finally {
      await producer?.close();
    }
    return this.progress;
  }

  async #sendAll(
    admin: Admin,
    all: AsyncIterable<readonly ConsumerRecord[]>,
    producer: ReturnType<Client["producer"]> | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    let left = this.#options.limit ?? Number.POSITIVE_INFINITY;
    const length = this.#pace.batchLength;
    try {
      for await (const records of all) {
        for (let at = 0; at < records.length && left > 0 && !signal.aborted; at += length) {
          const batch = records.slice(at, at + Math.min(length, left));
          left -= batch.length;
          await this.#sendBatch(admin, batch, producer);
          if (producer !== undefined) await this.#pace.took(batch.length, signal);
        }
        if (left <= 0) break;
      }
    } catch (error) {
      // Whoever stops it is told what was sent; what is broken off is a look for more.
      if (!(signal.aborted && error instanceof ClientError && error.code === "ABORTED")) throw error;
    }
  }

  async #sendBatch(admin: Admin, batch: readonly ConsumerRecord[], producer: ReturnType<Client["producer"]> | undefined): Promise<void> {
    const originals: ProducerRecord[] = [];
    let edited = 0;
    for (const record of batch) {
      const edit = this.#edits.get(placeOf(record));
      if (edit?.isSkipped === true) continue;
      if (edit !== undefined) edited++;
      originals.push(await this.#original(admin, record, edit));
    }
    const last = batch.at(-1)!;
    const offsets = [{ topic: last.topic, partition: last.partition, offset: last.offset + 1 }];
    await producer?.transaction(async (transaction) => {
      if (originals.length > 0) await transaction.send(originals);
      await transaction.sendOffsets(offsets, { groupId: replayGroup(this.#options.topic) });
    });
    for (const original of originals) this.#sent.set(original.topic, (this.#sent.get(original.topic) ?? 0) + 1);
    this.#edited += edited;
    this.#skipped += batch.length - originals.length;
    this.#options.onProgress?.(this.progress);
  }

  /** An edit of a record that is not sent any more, or not there, is a mistake that is told before anything is sent. */
  #requireThere(
    partitions: readonly TopicPartition[],
    replayed: readonly number[],
    ends: readonly { readonly partition: number; readonly offset: number }[],
  ): void {
    const { topic } = this.#options;
    for (const { partition, offset } of this.#edits.values()) {
      const at = partitions.findIndex((each) => each.partition === partition);
      const end = ends.find((each) => each.partition === partition)?.offset ?? 0;
      const place = `${topic}-${partition} at offset ${offset}`;
      if (at < 0 || offset >= end) throw new OttlaError("NO_SUCH_LETTER", `An edit is of ${place}, where no dead letter is.`);
      if (offset < replayed[at]!)
        throw new OttlaError(
          "ALREADY_SENT",
          `An edit is of ${place}, which was sent already; leave it out, or move ${replayGroup(topic)} back by "ottla offsets".`,
        );
    }
  }

  /** As it was sent by its producer: to its own partition, unless all go to another topic or that partition is gone. */
  async #original(admin: Admin, record: ConsumerRecord, edit: LetterEdit | undefined): Promise<ProducerRecord> {
    const { to } = this.#options;
    const story = storyOf(record);
    const cut = story?.connect?.cutFromBytes;
    if (cut !== undefined && edit?.value === undefined)
      throw new OttlaError(
        "LETTER_IS_CUT",
        `${record.topic}-${record.partition} at offset ${record.offset} has only the beginning of a value of ${cut} bytes; give it a whole value by --edits, or say there that it is passed over.`,
      );
    const origin = story?.origin;
    const topic = to ?? origin?.topic;
    if (topic === undefined)
      throw new OttlaError(
        "NO_ORIGIN",
        `${record.topic}-${record.partition} at offset ${record.offset} does not say where it came from; name a topic by --to, or move the position behind it.`,
      );
    const partitionCount = await this.#learnTarget(admin, topic);
    const isBack = to === undefined && origin !== undefined && origin.partition >= 0 && origin.partition < partitionCount;
    return {
      topic,
      key: edit?.key === undefined ? record.key : edit.key,
      value: edit?.value === undefined ? record.value : edit.value,
      headers: headersBefore(edit?.headers === undefined ? record : { headers: edit.headers as ConsumerRecord["headers"] }),
      ...(isBack ? { partition: origin.partition } : {}),
    };
  }

  /** So that none is made by mistake. */
  async #learnTarget(admin: Admin, topic: string): Promise<number> {
    const known = this.#targets.get(topic);
    if (known !== undefined) return known;
    const own = this.#options.topic;
    if (topic === own) throw new OttlaError("SAME_TOPIC", `The records of ${own} cannot be sent to ${own} itself.`);
    const [described] = await admin.describeTopics([topic]);
    if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw unknownTopic(topic);
    if (described?.error) throw described.error;
    const partitionCount = described!.value.partitions.length;
    this.#targets.set(topic, partitionCount);
    return partitionCount;
  }
}

/** So many records a second at most. */
class Pace {
  readonly #clock: Clock;
  readonly #perS: number;
  #startedMs: number | undefined;
  #count = 0;

  constructor(clock: Clock, perS: number) {
    this.#clock = clock;
    this.#perS = perS;
  }

  /** Of one transaction: so few that the pace is even. */
  get batchLength(): number {
    return Math.max(1, Math.min(BATCH_LENGTH, Math.floor(this.#perS / 2)));
  }

  async took(count: number, signal: AbortSignal): Promise<void> {
    if (this.#perS === Number.POSITIVE_INFINITY) return;
    const nowMs = this.#clock.monotonicMs();
    this.#startedMs ??= nowMs;
    this.#count += count;
    await pause(this.#clock, this.#startedMs + (this.#count / this.#perS) * 1_000 - nowMs, signal);
  }
}
