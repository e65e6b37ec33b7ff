import { type Client, ClientError, type Consumer, type ConsumerBatch, consumerOptionsFromProperties } from "@ottla/client";
import { clientProperties } from "../../client-properties.ts";
import { type CommandContext, INT32_MAX, type RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson } from "../../output.ts";
import { endsInTime } from "../../signal-grace.ts";
import { unknownTopic } from "../../unknown-resources.ts";
import { describeRate, rateFigures } from "./rate-report.ts";

const POLL_MS = 100;

interface Reading {
  records: number;
  bytes: number;
  /** When the first records came; joining a group and finding offsets is before it. */
  firstMs: number | undefined;
  lastMs: number;
}

export const perfConsume: RunCommand = (context) => {
  const { options, positionals, stderr, signal } = context;
  const [topic] = positionals as [string];
  const groupId = options.text("group");
  const settings = consumerOptionsFromProperties(clientProperties(context, "consumer"));
  const optionNames = { ...settings.optionNames, groupId: "--group" };
  const run = async (client: Client): Promise<0 | 1> => {
    const consumer = client.consumer({ ...settings, groupId, autoOffsetReset: "earliest", optionNames });
    const available = await openTopic(client, consumer, topic, groupId);
    const wanted = options.integer("num-records", 1) ?? (groupId === undefined ? available : Infinity);
    const startedMs = performance.now();
    const reading = await read(context, consumer, wanted, startedMs);
    await endsInTime(consumer.close(), signal);
    report(context, reading, startedMs);
    if (reading.records >= wanted || wanted === Infinity || signal.aborted) return 0;
    stderr.write(
      `ottla: Only ${grouped(reading.records)} of ${grouped(wanted)} records came before the time was over; raise --timeout-ms, or ask for fewer.\n`,
    );
    return 1;
  };
  return withClient(context, run, "inTime");
};

/** Subscribes or assigns everything from the beginning; returns how many records there are at most. */
async function openTopic(client: Client, consumer: Consumer, topic: string, groupId: string | undefined): Promise<number> {
  const [described] = await client.admin().describeTopics([topic]);
  if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") throw unknownTopic(topic);
  if (described?.error) throw described.error;
  const partitions = (described?.value?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
  if (groupId === undefined) {
    consumer.assign(partitions);
    consumer.seekToBeginning();
  } else consumer.subscribe(topic);
  const [starts, ends] = await Promise.all([consumer.beginningOffsets(partitions), consumer.endOffsets(partitions)]);
  return ends.reduce((sum, { offset }, i) => sum + offset - (starts[i]?.offset ?? 0), 0);
}

async function read(context: CommandContext, consumer: Consumer, wanted: number, startedMs: number): Promise<Reading> {
  const { options, stdout, signal } = context;
  const timeoutMs = options.integer("timeout-ms", 1, INT32_MAX) ?? 10_000;
  const intervalMs = options.has("json") ? Infinity : (options.integer("interval-ms", 100, INT32_MAX) ?? 5000);
  const reading: Reading = { records: 0, bytes: 0, firstMs: undefined, lastMs: startedMs };
  let interval = { startedMs, records: 0, bytes: 0 };
  while (reading.records < wanted && !signal.aborted) {
    const batches = await consumer.poll(POLL_MS).catch((error: unknown) => {
      if (error instanceof ClientError && error.code === "WOKEN_UP") return [];
      throw error;
    });
    const now = performance.now();
    if (batches.length > 0) reading.firstMs ??= now;
    for (const batch of batches) readBatch(batch, wanted, reading);
    if (batches.length > 0) reading.lastMs = performance.now();
    else if (now - reading.lastMs >= timeoutMs) break;
    if (now - interval.startedMs >= intervalMs) {
      stdout.write(`${describeRate(reading.records - interval.records, reading.bytes - interval.bytes, now - interval.startedMs)}\n`);
      interval = { startedMs: now, records: reading.records, bytes: reading.bytes };
    }
  }
  return reading;
}

/** Looks at every record without making an object of it. */
function readBatch(batch: ConsumerBatch, wanted: number, reading: Reading): void {
  const cursor = batch.cursor();
  let { records, bytes } = reading;
  while (records < wanted && cursor.moveNext()) {
    records++;
    bytes += Math.max(0, cursor.keyLength) + Math.max(0, cursor.valueLength);
  }
  reading.records = records;
  reading.bytes = bytes;
}

function report(context: CommandContext, { records, bytes, firstMs, lastMs }: Reading, startedMs: number): void {
  const elapsedMs = lastMs - startedMs;
  const untilFirstMs = (firstMs ?? lastMs) - startedMs;
  const fetching = rateFigures(records, bytes, elapsedMs - untilFirstMs);
  if (context.options.has("json")) {
    printJson(context, { ...rateFigures(records, bytes, elapsedMs), untilFirstMs: Number(untilFirstMs.toFixed(2)), fetching });
    return;
  }
  context.stdout.write(`Total: ${describeRate(records, bytes, elapsedMs)}\n`);
  context.stdout.write(
    `Without the ${untilFirstMs.toFixed(0)} ms until the first records: ${grouped(fetching.recordsPerSecond)} records/s, ${grouped(fetching.mbPerSecond, 2)} MB/s\n`,
  );
}
