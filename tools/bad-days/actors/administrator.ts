import { ErrorCode } from "@ottla/protocol";
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import { createTopicsApi, makeCreatableTopic, makeCreatableTopicConfig, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";

const TOPIC_RESOURCE = 2;
const SET = 0;
const PARTITIONS_MAX = 5;
/** What an administrator may go on trying after all is mended. */
const ATTEMPTS_MAX = 50;

/** Makes the topics of a scenario, before anything goes wrong. The last one may be compacted, or be deleted and made again. */
export async function createTopics(client: Client): Promise<void> {
  const { world, random } = client;
  for (let i = 1; i <= world.scenario.topicCount; i++) {
    const topic = await createTopic(client, `t${i}`, 1, 1 + random.nextInt(world.scenario.partitionsMax));
    if (!topic) throw new Error(`t${i} was not created.`);
    world.topics.push(topic);
  }
  world.history.areCommitsSynced = world.scenario.isSynced;
}

/** Adds partitions, sets configs, deletes the last topic and makes it again. The first one stays. */
export async function administrator(client: Client): Promise<void> {
  const { world, random } = client;
  while (!world.isClosing) {
    await client.pause(world.scenario.administratorPaceMs);
    if (world.isClosing) return;
    const topic = world.topics.at(-1)!;
    const choice = random.nextInt(3);
    if (choice === 0) await setConfig(client, topic);
    else if (choice === 1) await addPartition(client, random.pick(world.topics));
    else if (world.topics.length > 1 && !isCompacted(client, topic.name)) await makeAgain(client, topic);
  }
}

async function createTopic(client: Client, name: string, incarnation: number, partitions: number): Promise<SimulatedTopic | undefined> {
  const { scenario } = client.world;
  const configs = [makeCreatableTopicConfig({ name: "internal.segment.bytes", value: scenario.settings["internal.segment.bytes"]! })];
  if (isCompacted(client, name)) configs.push(makeCreatableTopicConfig({ name: "cleanup.policy", value: "compact" }));
  const topic = makeCreatableTopic({ name, numPartitions: partitions, replicationFactor: scenario.brokers, configs });
  const answer = await client.call(client.anyNode, createTopicsApi, 7, makeCreateTopicsRequest({ topics: [topic], timeoutMs: 5000 }));
  const [created] = answer?.topics ?? [];
  client.note("creates", name, `code ${created?.errorCode}`);
  if (!created || client.isBug("CreateTopics", created.errorCode) || created.errorCode !== ErrorCode.NONE) return undefined;
  const made = new SimulatedTopic(name, created.topicId, incarnation, partitions);
  for (let partition = 0; partition < partitions; partition++) promise(client, made, partition);
  return made;
}

function promise({ world }: Client, topic: SimulatedTopic, partition: number): void {
  const { isSynced, hasCompaction } = world.scenario;
  const isCompactedTopic = hasCompaction && topic.name === `t${world.scenario.topicCount}`;
  world.history.promises.push({ partition: topic.label(partition), isSynced, isCompacted: isCompactedTopic });
}

function isCompacted({ world }: Client, name: string): boolean {
  return world.scenario.hasCompaction && name === `t${world.scenario.topicCount}`;
}

async function addPartition(client: Client, topic: SimulatedTopic): Promise<void> {
  const count = topic.partitionCount + 1;
  if (count > PARTITIONS_MAX) return;
  const topics = [makeCreatePartitionsTopic({ name: topic.name, count, assignments: null })];
  const answer = await client.call(client.anyNode, createPartitionsApi, 3, makeCreatePartitionsRequest({ topics, timeoutMs: 5000 }));
  const code = answer?.results[0]?.errorCode;
  client.note("adds a partition to", topic.name, `code ${code}`);
  if (code !== undefined) client.isBug("CreatePartitions", code);
  // One that was added without an answer is there with nobody who writes to it.
  if (code !== ErrorCode.NONE || topic.isDoomed) return;
  promise(client, topic, topic.partitionCount);
  topic.partitionCount = count;
}

async function setConfig(client: Client, topic: SimulatedTopic): Promise<void> {
  const value = String(512 + client.random.nextInt(6000));
  const configs = [makeAlterableConfig({ name: "internal.segment.bytes", configOperation: SET, value })];
  const resources = [makeAlterConfigsResource({ resourceType: TOPIC_RESOURCE, resourceName: topic.name, configs })];
  const answer = await client.call(client.anyNode, incrementalAlterConfigsApi, 1, makeIncrementalAlterConfigsRequest({ resources }));
  const code = answer?.responses[0]?.errorCode;
  client.note("sets segment bytes of", topic.name, value, `code ${code}`);
  if (code !== undefined) client.isBug("IncrementalAlterConfigs", code);
}

/** Deletes it by its id, until it is gone, and makes one of the same name, which nothing of the old one may come into. */
async function makeAgain(client: Client, topic: SimulatedTopic): Promise<void> {
  const { world } = client;
  topic.isDoomed = true;
  world.topics.splice(world.topics.indexOf(topic), 1);
  const request = makeDeleteTopicsRequest({ topics: [makeDeleteTopicState({ name: null, topicId: topic.topicId })], timeoutMs: 5000 });
  for (let attempt = 0; ; attempt++) {
    const code = (await client.call(client.anyNode, deleteTopicsApi, 6, request))?.responses[0]?.errorCode;
    client.note("deletes", topic.name, `code ${code}`);
    if (code !== undefined) client.isBug("DeleteTopics", code);
    if (code === ErrorCode.NONE || code === ErrorCode.UNKNOWN_TOPIC_ID) break;
    if (attempt === ATTEMPTS_MAX) return;
    await client.pause(50);
  }
  for (let attempt = 0; attempt < ATTEMPTS_MAX && !world.isClosing; attempt++) {
    const made = await createTopic(client, topic.name, topic.incarnation + 1, 1 + client.random.nextInt(world.scenario.partitionsMax));
    if (made) {
      world.topics.push(made);
      return;
    }
    await client.pause(50);
  }
}
