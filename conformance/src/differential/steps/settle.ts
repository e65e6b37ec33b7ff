import { ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import { makeOffsetFetchRequest, makeOffsetFetchRequestGroup, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import type { ScriptContext } from "../script-context.ts";

// Kafka's controller answers before its broker has applied the change; a client that asks at once may see either.

function latest(name: string, partitions: number) {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => makeListOffsetsPartition({ partitionIndex, timestamp: -1 }));
  return makeListOffsetsRequest({ replicaId: -1, topics: [makeListOffsetsTopic({ name, partitions: asked })] });
}

/** Until all partitions of the topic are served. */
export function waitForPartitions(context: ScriptContext, name: string, partitions: number): Promise<void> {
  return context.pair.until(`${name} is served`, listOffsetsApi, 5, latest(name, partitions), ({ topics }) =>
    topics.every((topic) => topic.partitions.every(({ errorCode }) => errorCode === 0)),
  );
}

/** Until the topic is not served any more, and no group has offsets of it. */
export async function waitForDeletion(context: ScriptContext, name: string): Promise<void> {
  await context.pair.until(`${name} is gone`, listOffsetsApi, 5, latest(name, 1), ({ topics }) =>
    topics.every((topic) => topic.partitions.every(({ errorCode }) => errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)),
  );
  for (const groupId of [...context.model.groups.keys(), ...context.model.consumerGroups.keys()]) {
    const request = makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId, topics: null, memberEpoch: -1 })] });
    await context.pair.until(`offsets of ${name} are gone`, offsetFetchApi, 8, request, ({ groups }) =>
      groups.every(({ topics }) => topics.every((topic) => topic.name !== name)),
    );
  }
}

let barriers = 0;

async function makeBarrier(context: ScriptContext): Promise<void> {
  const name = `r0.barrier-${++barriers}`;
  const request = makeCreateTopicsRequest({
    topics: [makeCreatableTopic({ name, numPartitions: 1, replicationFactor: 1 })],
    timeoutMs: 10_000,
  });
  await context.pair.until("a topic is made", createTopicsApi, 5, request, () => true);
  await waitForPartitions(context, name, 1);
}

/** Kafka's broker takes changes up in order, settings last: what came before two new topics is in force. */
export async function waitForConfigs(context: ScriptContext): Promise<void> {
  await makeBarrier(context);
  await makeBarrier(context);
}

/** Groups of KIP-848 that read the topic have heard of it; it is served, or gone, already. */
export async function waitForGroups(context: ScriptContext, name: string): Promise<void> {
  const isRead = [...context.model.consumerGroups.values()].some(({ members }) =>
    [...members.values()].some(({ topics }) => topics.includes(name)),
  );
  if (isRead) await makeBarrier(context);
}
