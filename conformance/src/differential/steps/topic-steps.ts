import { ApiKey, NIL_UUID } from "@ottla/protocol";
import { createPartitionsApi, makeCreatePartitionsRequest, makeCreatePartitionsTopic } from "@ottla/protocol/apis/create-partitions";
import {
  type CreatableTopic,
  createTopicsApi,
  makeCreatableReplicaAssignment,
  makeCreatableTopic,
  makeCreatableTopicConfig,
  makeCreateTopicsRequest,
} from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import type { ScriptContext } from "../script-context.ts";
import type { StepKind } from "../step.ts";
import { randomConfig } from "./config-values.ts";
import { waitForDeletion, waitForGroups, waitForPartitions } from "./settle.ts";

const TIMEOUT_MS = 10_000;

function randomTopic(context: ScriptContext): CreatableTopic {
  const { random } = context;
  const name = context.mostly(
    context.named(`t${random.nextInt(6)}`),
    ["", ".", "..", "bad name!", "x".repeat(250), "__consumer_offsets"],
    0.08,
  );
  const configs = random.chance(0.4)
    ? Array.from({ length: 1 + random.nextInt(2) }, () => makeCreatableTopicConfig(randomConfig(random)))
    : [];
  if (random.chance(0.1)) {
    const assignments = Array.from({ length: 1 + random.nextInt(3) }, (_, index) =>
      makeCreatableReplicaAssignment({
        partitionIndex: context.mostly(index, [0, 5, -1]),
        brokerIds: context.mostly([1], [[], [1, 1], [9]]),
      }),
    );
    return makeCreatableTopic({
      name,
      numPartitions: context.mostly(-1, [1, 2]),
      replicationFactor: context.mostly(-1, [1]),
      assignments,
      configs,
    });
  }
  return makeCreatableTopic({
    name,
    numPartitions: context.mostly(1 + random.nextInt(3), [0, -1, -2]),
    replicationFactor: context.mostly(1, [-1, 0, 2, -7], 0.1),
    configs,
  });
}

const createTopics: StepKind = {
  name: "create topics",
  weight: 6,
  keys: [ApiKey.CreateTopics],
  async run(context) {
    const { model, random } = context;
    const topics = Array.from({ length: 1 + (random.chance(0.2) ? 1 : 0) }, () => randomTopic(context));
    const validateOnly = random.chance(0.1);
    const version = context.version(createTopicsApi);
    const answer = await context.ask(createTopicsApi, version, makeCreateTopicsRequest({ topics, timeoutMs: TIMEOUT_MS, validateOnly }));
    if (typeof answer === "string" || validateOnly) return;
    for (const { name, errorCode } of answer.topics) {
      if (errorCode !== 0) continue;
      const asked = topics.find((topic) => topic.name === name)!;
      const partitions = asked.assignments.length > 0 ? asked.assignments.length : asked.numPartitions === -1 ? 4 : asked.numPartitions;
      model.topics.set(name, { name, id: NIL_UUID, partitions, ends: new Map() });
      await waitForPartitions(context, name, partitions);
      await learnTopicId(context, name);
      await waitForGroups(context, name);
    }
  },
};

async function learnTopicId(context: ScriptContext, name: string): Promise<void> {
  const answer = await context.ask(metadataApi, 12, makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name })] }));
  const topic = context.model.topics.get(name);
  if (typeof answer !== "string" && topic !== undefined) topic.id = answer.topics[0]?.topicId ?? NIL_UUID;
}

const deleteTopics: StepKind = {
  name: "delete topics",
  weight: 3,
  keys: [ApiKey.DeleteTopics],
  async run(context) {
    const { model, random } = context;
    const version = context.version(deleteTopicsApi);
    const topic = context.topic();
    const name = topic?.name ?? context.topicName();
    const names = random.chance(0.1) ? [name, name] : [name];
    const byId = version >= 6 && random.chance(0.4);
    const id = topic?.id ?? random.pick([NIL_UUID, "AAAAAAAAAAAAAAAAAAAAAQ", ...model.staleTopicIds]);
    const states = byId
      ? [makeDeleteTopicState({ name: random.chance(0.05) ? name : null, topicId: id })]
      : names.map((each) => makeDeleteTopicState({ name: each }));
    const request =
      version >= 6
        ? makeDeleteTopicsRequest({ topics: states, timeoutMs: TIMEOUT_MS })
        : makeDeleteTopicsRequest({ topicNames: names, timeoutMs: TIMEOUT_MS });
    const answer = await context.ask(deleteTopicsApi, version, request);
    if (typeof answer === "string") return;
    for (const { name: gone, errorCode } of answer.responses) {
      const deleted = gone === null ? undefined : model.topics.get(gone);
      if (errorCode !== 0 || deleted === undefined) continue;
      model.topics.delete(deleted.name);
      model.staleTopicIds.push(deleted.id);
      await waitForDeletion(context, deleted.name);
      await waitForGroups(context, deleted.name);
    }
  },
};

const createPartitions: StepKind = {
  name: "create partitions",
  weight: 2,
  keys: [ApiKey.CreatePartitions],
  async run(context) {
    const { model, random } = context;
    const topic = context.topic();
    const count = context.mostly((topic?.partitions ?? 1) + random.nextInt(3), [0, -1, 1], 0.2);
    const assignments = random.chance(0.15)
      ? [{ brokerIds: context.mostly([1], [[], [9], [1, 1]]), unknownTaggedFields: undefined }]
      : null;
    const asked = makeCreatePartitionsTopic({ name: topic?.name ?? context.topicName(), count, assignments });
    const topics = random.chance(0.05) ? [asked, asked] : [asked];
    const validateOnly = random.chance(0.15);
    const version = context.version(createPartitionsApi);
    const answer = await context.ask(
      createPartitionsApi,
      version,
      makeCreatePartitionsRequest({ topics, timeoutMs: TIMEOUT_MS, validateOnly }),
    );
    if (typeof answer === "string" || validateOnly) return;
    for (const { name, errorCode } of answer.results) {
      const grown = model.topics.get(name);
      if (errorCode !== 0 || grown === undefined) continue;
      grown.partitions = count;
      await waitForPartitions(context, name, count);
      await waitForGroups(context, name);
    }
  },
};

const metadata: StepKind = {
  name: "metadata",
  weight: 5,
  keys: [ApiKey.Metadata],
  async run(context) {
    const { model, random } = context;
    const version = context.version(metadataApi);
    const some = Array.from({ length: random.nextInt(4) }, () => {
      const topic = context.topic();
      if (version >= 12 && random.chance(0.4)) {
        const topicId = topic?.id ?? random.pick(["AAAAAAAAAAAAAAAAAAAAAQ", NIL_UUID, ...model.staleTopicIds]);
        return makeMetadataRequestTopic({ name: topicId === NIL_UUID ? context.topicName() : null, topicId });
      }
      return makeMetadataRequestTopic({ name: topic?.name ?? context.topicName() });
    });
    const request = makeMetadataRequest({
      topics: version >= 1 && random.chance(0.15) ? null : some,
      allowAutoTopicCreation: version < 4 || random.chance(0.1),
      includeClusterAuthorizedOperations: version >= 8 && version <= 10 && random.chance(0.3),
      includeTopicAuthorizedOperations: version >= 8 && random.chance(0.3),
    });
    await context.ask(metadataApi, version, request);
  },
};

export const topicSteps: readonly StepKind[] = [createTopics, deleteTopics, createPartitions, metadata];
