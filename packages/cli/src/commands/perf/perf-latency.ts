import { OttlaError } from "@ottla/base";
import { type Client, type Consumer, consumerOptionsFromProperties, producerOptionsFromProperties } from "@ottla/client";
import { clientProperties } from "../../client-properties.ts";
import type { CommandContext, RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson } from "../../output.ts";
import { endsInTime } from "../../signal-grace.ts";
import { describeLatency, LatencyHistogram, summarize } from "./latency-histogram.ts";
import { RECORD_BYTES_MAX, randomPayloads } from "./payloads.ts";

const POLL_MS = 1000;
const ARRIVAL_TIMEOUT_MS = 60_000;
/** The number of the round stands in the first bytes. */
const NUMBER_BYTES = 8;

export const perfLatency: RunCommand = (context) => {
  const { options, positionals, signal } = context;
  const [topic] = positionals as [string];
  const count = options.integer("num-records", 1) ?? 10_000;
  const warmUp = options.integer("warmup-records") ?? 100;
  const [payload] = randomPayloads(options.integer("record-size", NUMBER_BYTES, RECORD_BYTES_MAX) ?? 100) as [Buffer];
  const properties = clientProperties(context, "producer", "consumer");
  // The least wait is asked for, as kafka-e2e-latency does.
  properties.set("linger.ms", "0").set("acks", options.text("acks") ?? properties.get("acks") ?? "1");
  const latencies = new LatencyHistogram();
  const measure = async (client: Client): Promise<void> => {
    const producer = client.producer(producerOptionsFromProperties(properties));
    const consumer = client.consumer({
      ...consumerOptionsFromProperties(properties),
      groupId: undefined,
      autoOffsetReset: "latest",
      fetchMaxWaitMs: POLL_MS,
    });
    await openAtEnd(client, consumer, topic);
    for (let round = 0; round < warmUp + count && !signal.aborted; round++) {
      payload.writeDoubleBE(round + 1, 0);
      const sentMs = performance.now();
      await producer.send({ topic, value: payload });
      await awaitArrival(consumer, payload);
      if (round >= warmUp) latencies.add(performance.now() - sentMs);
    }
  };
  const run = async (client: Client): Promise<0> => {
    await endsInTime(measure(client), signal);
    report(context, latencies);
    return 0;
  };
  return withClient(context, run, "inTime");
};

/** Reads from the end on; the topic is made first where brokers make topics. */
async function openAtEnd(client: Client, consumer: Consumer, topic: string): Promise<void> {
  const admin = client.admin();
  let [described] = await admin.describeTopics([topic]);
  if (described?.error?.code === "UNKNOWN_TOPIC_OR_PARTITION") {
    const [created] = await admin.createTopics([{ name: topic, partitionCount: 1 }]);
    if (created?.error) throw created.error;
    [described] = await admin.describeTopics([topic]);
  }
  if (described?.error) throw described.error;
  const partitions = (described?.value?.partitions ?? []).map(({ partition }) => ({ topic, partition }));
  consumer.assign(partitions);
  for (const { partition, offset } of await consumer.endOffsets(partitions)) consumer.seek({ topic, partition }, offset);
}

async function awaitArrival(consumer: Consumer, payload: Buffer): Promise<void> {
  const deadlineMs = performance.now() + ARRIVAL_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    for (const batch of await consumer.poll(POLL_MS)) {
      const cursor = batch.cursor();
      while (cursor.moveNext()) if (cursor.value()?.equals(payload)) return;
    }
  }
  throw new OttlaError(
    "RECORD_NOT_SEEN",
    `A record did not come back within ${ARRIVAL_TIMEOUT_MS / 1000} s; is somebody deleting records of the topic?`,
  );
}

function report(context: CommandContext, latencies: LatencyHistogram): void {
  const latency = summarize(latencies);
  if (context.options.has("json")) printJson(context, { records: latencies.count, latencyMs: latency });
  else context.stdout.write(`${grouped(latencies.count)} records, one at a time: ${describeLatency(latency)}\n`);
}
