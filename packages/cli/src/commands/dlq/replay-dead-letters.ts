import { OttlaError } from "@ottla/base";
import { type Admin, type Client, type ConsumerRecord, originalHeaders, type ProducerRecord, readFailure } from "@ottla/client";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, shown } from "../../output.ts";
import { unknownTopic } from "../../unknown-resources.ts";
import { resolveSelections } from "../offsets/partition-selection.ts";
import { readToEnd } from "./read-to-end.ts";
import { replayedUpTo, replayGroup } from "./replay-group.ts";

/** Records of one transaction. */
const BATCH_LENGTH = 500;

export const replayDeadLetters: RunCommand = (context) => {
  const { options, positionals, signal } = context;
  const topic = positionals[0] ?? "";
  const limit = options.integer("limit", 1) ?? Infinity;
  const isDry = options.has("dry-run");
  return withClient(
    context,
    async (client) => {
      const replay = new Replay(client, topic, options.text("to"));
      await replay.run(limit, isDry, signal);
      const { sent } = replay;
      if (options.has("json")) printJson(context, { topic, isDryRun: isDry, sent: Object.fromEntries(sent) });
      else context.stdout.write(sentence(topic, sent, isDry));
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

/** Sends what was not sent before, in transactions that hold the records and the position behind them. */
class Replay {
  readonly #client: Client;
  readonly #topic: string;
  readonly #to: string | undefined;
  /** By topic, the number of its partitions. */
  readonly #targets = new Map<string, number>();
  readonly sent = new Map<string, number>();

  constructor(client: Client, topic: string, to: string | undefined) {
    this.#client = client;
    this.#topic = topic;
    this.#to = to;
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
    partitions.forEach((each, i) => consumer.seek(each, Math.max(replayed[i]!, starts[i]!.offset)));
    let left = limit;
    for await (const records of readToEnd(consumer, partitions, signal)) {
      for (let at = 0; at < records.length && left > 0 && !signal.aborted; at += BATCH_LENGTH) {
        const batch = records.slice(at, at + Math.min(BATCH_LENGTH, left));
        left -= batch.length;
        const originals: ProducerRecord[] = [];
        for (const record of batch) originals.push(await this.#original(admin, record));
        const last = batch.at(-1)!;
        const offsets = [{ topic: last.topic, partition: last.partition, offset: last.offset + 1 }];
        await producer?.transaction(async (transaction) => {
          await transaction.send(originals);
          await transaction.sendOffsets(offsets, { groupId: replayGroup(this.#topic) });
        });
        for (const original of originals) this.sent.set(original.topic, (this.sent.get(original.topic) ?? 0) + 1);
      }
      if (left <= 0) break;
    }
    await consumer.close();
    await producer?.close();
  }

  /** As it was sent by its producer: to its own partition, unless all go to another topic or that partition is gone. */
  async #original(admin: Admin, record: ConsumerRecord): Promise<ProducerRecord> {
    const origin = readFailure(record)?.origin;
    const topic = this.#to ?? origin?.topic;
    if (topic === undefined)
      throw new OttlaError(
        "NO_ORIGIN",
        `${record.topic}-${record.partition} at offset ${record.offset} does not say where it came from; name a topic by --to, or move the position behind it.`,
      );
    const partitionCount = await this.#learnTarget(admin, topic);
    const isBack = this.#to === undefined && origin !== undefined && origin.partition < partitionCount;
    return {
      topic,
      key: record.key,
      value: record.value,
      headers: originalHeaders(record),
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
