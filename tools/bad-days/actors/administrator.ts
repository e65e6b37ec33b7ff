import { ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreatableTopicConfig, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";

/** Makes the topics of a scenario, before anything goes wrong. */
export async function createTopics(client: Client): Promise<void> {
  const { world, random } = client;
  const { scenario } = world;
  for (let i = 0; i < scenario.topicCount; i++) {
    const name = `t${i + 1}`;
    const partitions = 1 + random.nextInt(scenario.partitionsMax);
    const topic = makeCreatableTopic({
      name,
      numPartitions: partitions,
      replicationFactor: scenario.brokers,
      configs: [makeCreatableTopicConfig({ name: "internal.segment.bytes", value: scenario.settings["internal.segment.bytes"]! })],
    });
    const answer = await client.call(1, createTopicsApi, 7, makeCreateTopicsRequest({ topics: [topic], timeoutMs: 5000 }));
    const [created] = answer?.topics ?? [];
    if (created?.errorCode !== ErrorCode.NONE) throw new Error(`${name} was not created: ${created?.errorCode} ${created?.errorMessage}`);
    world.topics.push(new SimulatedTopic(name, created.topicId, 1, partitions));
  }
  for (const topic of world.topics) {
    for (let partition = 0; partition < topic.partitionCount; partition++)
      world.history.promises.push({ partition: topic.label(partition), isSynced: scenario.isSynced });
  }
  world.history.areCommitsSynced = scenario.isSynced;
}
