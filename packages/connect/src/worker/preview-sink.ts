import type { Logger } from "@ottla/base";
import type { Client, ConsumerRecord, TopicPartition } from "@ottla/client";
import { ConnectError } from "../connect-error.ts";
import type { SinkRecord } from "../data/connect-record.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import { taskClients } from "./cluster-access.ts";
import { Pipeline } from "./pipeline.ts";
import { type PreviewedSteps, saidOf, shownBytes, shownRecord, shownSteps } from "./previewed-record.ts";
import { decodedRecord } from "./sink-record.ts";
import { sinkTopics } from "./task-settings.ts";

const POLL_MS = 500;

/** What a preview of a sink stands on. */
export interface PreviewSinkOptions {
  readonly catalogue: PluginCatalogue;
  /** The worker's, whose converters hold where the connector names none. */
  readonly defaults: ConnectorProperties;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly client: Client;
}

/** A record on its way to a sink. */
export interface PreviewedSinkRecord {
  readonly from: { readonly topic: string; readonly partition: number; readonly offset: number };
  /** As the converters read it; its bytes where they cannot. */
  readonly read: unknown;
  readonly steps: PreviewedSteps;
  /** What it becomes in the system, or what the sink is given where its plugin tells nothing of that; undefined: it was dropped, left out, or is bad. */
  readonly written: string | object | undefined;
  /** What is wrong with it. */
  readonly failure: string | undefined;
}

/**
 * The records that a sink's topics have now, oldest first in each partition: each after every transform and as it would be written. Nothing is written, no group is joined and no offset kept. `properties` are
 * resolved and valid.
 * @throws ConnectError `CONNECT_CONFIG` for what a dry run of the sink finds, and where there is none of its topics
 */
export async function* previewSink(properties: ConnectorProperties, options: PreviewSinkOptions): AsyncGenerator<PreviewedSinkRecord> {
  const { catalogue, defaults, logger, signal, client } = options;
  const plugin = await catalogue.load(["sink"], properties["connector.class"] ?? "");
  const config = readConfig(plugin.config, properties);
  const wrong = ((await plugin.check?.(config, { signal, log: logger })) ?? []).filter(({ severity }) => severity === "error");
  if (wrong.length > 0) throw new ConnectError("CONNECT_CONFIG", wrong.map(({ message }) => message).join(" "));
  const writtenOf = await plugin.preview?.(config);
  const connector = properties["name"] ?? "preview";
  const pipeline = await Pipeline.open(properties, defaults, catalogue);
  try {
    for await (const wire of recordsOf(properties, options, await partitionsOf(client, properties)))
      yield await previewed(pipeline, wire, connector, writtenOf);
  } finally {
    await pipeline.close();
  }
}

async function partitionsOf(client: Client, properties: ConnectorProperties): Promise<TopicPartition[]> {
  const wanted = sinkTopics(properties);
  const names =
    wanted instanceof RegExp ? (await client.admin().listTopics()).map(({ name }) => name).filter((name) => wanted.test(name)) : wanted;
  const topics = names.length === 0 ? [] : await client.admin().describeTopics(names);
  const found = topics.flatMap(({ name, value }) => (value?.partitions ?? []).map(({ partition }) => ({ topic: name, partition })));
  if (found.length > 0) return found;
  throw new ConnectError(
    "CONNECT_CONFIG",
    `There is none of the topics that are read (${properties["topics"] ?? properties["topics.regex"]}).`,
  );
}

async function* recordsOf(
  properties: ConnectorProperties,
  { client, signal }: PreviewSinkOptions,
  partitions: readonly TopicPartition[],
): AsyncGenerator<ConsumerRecord> {
  const { consumer: settings } = taskClients(client, {}, properties);
  const consumer = client.consumer({ ...settings, autoOffsetReset: "earliest", groupId: undefined, enableAutoCommit: false });
  try {
    consumer.assign(partitions);
    consumer.seekToBeginning([]);
    const ends = await consumer.endOffsets(partitions, { signal });
    const endOf = new Map(ends.map(({ topic, partition, offset }) => [`${topic} ${partition}`, offset]));
    const isOpen = async (each: TopicPartition): Promise<boolean> =>
      (await consumer.position(each, { signal })) < (endOf.get(`${each.topic} ${each.partition}`) ?? 0);
    while (!signal.aborted && (await Promise.all(partitions.map(isOpen))).includes(true))
      for (const batch of await consumer.poll(POLL_MS, { signal })) yield* batch;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await consumer.close({ timeoutMs: 0 }).catch(() => {});
  }
}

async function previewed(
  pipeline: Pipeline,
  wire: ConsumerRecord,
  connector: string,
  writtenOf: ((record: SinkRecord) => string | undefined) | undefined,
): Promise<PreviewedSinkRecord> {
  const { topic, partition, offset } = wire;
  const place = { connector, task: 0, topic, partition, offset: BigInt(offset) };
  const from = { topic, partition, offset };
  let read: unknown = { key: shownBytes(wire.key), value: shownBytes(wire.value) };
  let steps: PreviewedSteps = [];
  try {
    const record = await decodedRecord(pipeline, wire, place);
    read = shownRecord(record);
    const made = pipeline.steps(record, place);
    steps = shownSteps(made);
    const last = made.length === 0 ? record : made.at(-1)?.record;
    const written = last === undefined ? undefined : writtenOf === undefined ? shownRecord(last) : writtenOf(last);
    return { from, read, steps, written, failure: undefined };
  } catch (error) {
    return { from, read, steps, written: undefined, failure: saidOf(error) };
  }
}
