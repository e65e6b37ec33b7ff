import { setTimeout as sleep } from "node:timers/promises";
import { OttlaError } from "@ottla/base";
import type { Admin, Client, ConsumerRecord, ProducerRecord, TopicPartition } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, shown } from "../../output.ts";
import { unknownTopic } from "../../unknown-resources.ts";
import { resolveSelections } from "../offsets/partition-selection.ts";
import { type LetterEdit, placeOf, readEdits } from "./letter-edits.ts";
import { headersBefore, storyOf } from "./letter-story.ts";
import { readToEnd } from "./read-to-end.ts";
import { replayedUpTo, replayGroup } from "./replay-group.ts";

/** Records of one transaction. */
const BATCH_LENGTH = 500;

export const replayDeadLetters: RunCommand = (context) => {
  const { options, positionals, signal } = context;
  const topic = positionals[0] ?? "";
  const limit = options.integer("limit", 1) ?? Infinity;
  const isDry = options.has("dry-run");
  const editsFile = options.text("edits");
  const edits = editsFile === undefined ? new Map<string, LetterEdit>() : readEdits(editsFile, topic);
  const pace = new Pace(options.integer("rate", 1) ?? Infinity);
  return withClient(
    context,
    async (client) => {
      const replay = new Replay(client, topic, options.text("to"), edits, pace);
      await replay.run(limit, isDry, signal);
      const { sent, edited, skipped } = replay;
      if (options.has("json"))
        printJson(context, {
          topic,
          isDryRun: isDry,
          sent: Object.fromEntries(sent),
          ...(editsFile !== undefined && { edited, skipped }),
        });
      else context.stdout.write(sentence(topic, sent, isDry) + editSentence(edited, skipped));
      return 0 as const;
    },
    "inTime",
  );
};

function sentence(topic: string, sent: ReadonlyMap<string, number>, isDry: boolean): string {
  if (sent.size === 0) return shown`Nothing in ${topic} waits for a replay.\n`;
  const total = [...sent.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...sent].map(([target, count]) => `${grouped(count)} to ${target}`).join(", ");
  return shown`${isDry ? "Would send" : "Sent"} ${grouped(total)} of the records of ${topic}: ${parts}.` + "\n";
}

function editSentence(edited: number, skipped: number): string {
  if (edited === 0 && skipped === 0) return "";
  return `${grouped(edited)} of them as edited; ${grouped(skipped)} passed over.\n`;
}

/** So many records a second at most. */
class Pace {
  readonly #perSecond: number;
  #startedMs: number | undefined;
  #count = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Of one transaction: so few that the pace is even. */
  get batchLength(): number {
    return Math.max(1, Math.min(BATCH_LENGTH, Math.floor(this.#perSecond / 2)));
  }

  async took(count: number, signal: AbortSignal): Promise<void> {
    if (this.#perSecond === Infinity) return;
    this.#startedMs ??= performance.now();
    this.#count += count;
    const waitMs = this.#startedMs + (this.#count / this.#perSecond) * 1_000 - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** Sends what was not sent before, in transactions that hold the records and the position behind them. */
class Replay {
  readonly #client: Client;
  readonly #topic: string;
  readonly #to: string | undefined;
  /** By topic, the number of its partitions. */
  readonly #targets = new Map<string, number>();
  readonly sent = new Map<string, number>();
  readonly #edits: ReadonlyMap<string, LetterEdit>;
  readonly #pace: Pace;
  edited = 0;
  skipped = 0;

  constructor(client: Client, topic: string, to: string | undefined, edits: ReadonlyMap<string, LetterEdit>, pace: Pace) {
    this.#client = client;
    this.#topic = topic;
    this.#to = to;
    this.#edits = edits;
    this.#pace = pace;
  }

  async run(limit: number, isDry: boolean, signal: AbortSignal): Promise<void> {
    const admin = this.#client.admin();
    const partitions = await resolveSelections(admin, [{ topic: this.#topic, partitions: undefined }]);
    if (this.#to !== undefined) await this.#learnTarget(admin, this.#to);
    const producer = isDry ? undefined : this.#client.producer({ transactionalId: replayGroup(this.#topic) });
    // Before the position is read: an older replay that still runs cannot move it any more.
    await producer?.initTransactions({ signal });
    const replayed = await replayedUpTo(this.#client, this.#topic, partitions);
    const consumer = this.#client.consumer({ isolationLevel: "read_committed" });
    consumer.assign(partitions);
    const starts = await consumer.beginningOffsets(partitions, { signal });
    this.#requireThere(partitions, replayed, await consumer.endOffsets(partitions, { signal }));
    partitions.forEach((each, i) => consumer.seek(each, Math.max(replayed[i]!, starts[i]!.offset)));
    let left = limit;
    const length = this.#pace.batchLength;
    for await (const records of readToEnd(consumer, partitions, signal)) {
      for (let at = 0; at < records.length && left > 0 && !signal.aborted; at += length) {
        const batch = records.slice(at, at + Math.min(length, left));
        left -= batch.length;
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
          await transaction.sendOffsets(offsets, { groupId: replayGroup(this.#topic) });
        });
        for (const original of originals) this.sent.set(original.topic, (this.sent.get(original.topic) ?? 0) + 1);
        this.edited += edited;
        this.skipped += batch.length - originals.length;
        if (!isDry) await this.#pace.took(batch.length, signal);
      }
      if (left <= 0) break;
    }
    await consumer.close();
    await producer?.close();
  }

  /** An edit of a record that is not sent any more, or not there, is a mistake that is told before anything is sent. */
  #requireThere(
    partitions: readonly TopicPartition[],
    replayed: readonly number[],
    ends: readonly { readonly partition: number; readonly offset: number }[],
  ): void {
    for (const { partition, offset } of this.#edits.values()) {
      const at = partitions.findIndex((each) => each.partition === partition);
      const end = ends.find((each) => each.partition === partition)?.offset ?? 0;
      const place = `${this.#topic}-${partition} at offset ${offset}`;
      if (at < 0 || offset >= end) throw new OttlaError("NO_SUCH_LETTER", `--edits has ${place}, where no dead letter is.`);
      if (offset < replayed[at]!)
        throw new OttlaError(
          "ALREADY_SENT",
          `--edits has ${place}, which was sent already; leave it out, or move ${replayGroup(this.#topic)} back by "ottla offsets".`,
        );
    }
  }

  /** As it was sent by its producer: to its own partition, unless all go to another topic or that partition is gone. */
  async #original(admin: Admin, record: ConsumerRecord, edit: LetterEdit | undefined): Promise<ProducerRecord> {
    const origin = storyOf(record)?.origin;
    const topic = this.#to ?? origin?.topic;
    if (topic === undefined)
      throw new OttlaError(
        "NO_ORIGIN",
        `${record.topic}-${record.partition} at offset ${record.offset} does not say where it came from; name a topic by --to, or move the position behind it.`,
      );
    const partitionCount = await this.#learnTarget(admin, topic);
    const isBack = this.#to === undefined && origin !== undefined && origin.partition >= 0 && origin.partition < partitionCount;
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
    if (topic === this.#topic) throw new OttlaError("SAME_TOPIC", `The records of ${topic} cannot be sent to ${topic} itself.`);
    const [described] = await admin.describeTopics([topic]);
    if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw unknownTopic(topic);
    if (described?.error) throw described.error;
    const partitionCount = described!.value.partitions.length;
    this.#targets.set(topic, partitionCount);
    return partitionCount;
  }
}
