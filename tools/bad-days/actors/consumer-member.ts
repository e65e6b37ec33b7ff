import { ErrorCode } from "@ottla/protocol";
import {
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { Client } from "./client.ts";
import { CoordinatorFinder, isCoordinatorGone } from "./coordinator-finder.ts";
import type { GroupPartition } from "./group-offsets.ts";
import { GroupReader } from "./group-reader.ts";
import { zombieMember } from "./zombie-member.ts";

const LEAVES = -1;

/** A member of a group of the consumer protocol (KIP-848): one heartbeat tells what it owns and hears what it is to own; it gives up before others take over. */
export async function consumerMember(client: Client, group: string): Promise<void> {
  const { world, random } = client;
  const coordinator = new CoordinatorFinder(client, "group", group);
  for (let life = 1; !world.isClosing; life++) {
    const memberId = `${client.name}-${life}`.padEnd(22, "x");
    await oneLife(client, coordinator, { group, memberId, rounds: 10 + random.nextInt(100) });
    await client.pause(50);
  }
}

async function oneLife(
  client: Client,
  coordinator: CoordinatorFinder,
  { group, memberId, rounds }: { readonly group: string; readonly memberId: string; readonly rounds: number },
): Promise<void> {
  const { world, random } = client;
  const reader = new GroupReader(client, coordinator, { group, memberId, epoch: 0 });
  let epoch = 0;
  for (let round = 0; round < rounds && !world.isClosing; round++) {
    const answer = await heartbeat(client, coordinator, { group, memberId, epoch, owned: reader.held });
    if (answer === "gone") {
      await client.pause(50);
      continue;
    }
    if (answer.errorCode !== ErrorCode.NONE) {
      client.note("is no member any more", group, `code ${answer.errorCode}`);
      return;
    }
    epoch = answer.memberEpoch;
    reader.epoch = epoch;
    if (answer.assignment) take(client, reader, answer, group);
    if (!(await reader.readRound())) client.note("was refused in", group, `epoch ${epoch}`);
    await client.pause(world.scenario.paceMs);
  }
  if (!random.chance(0.7)) return;
  const left = await heartbeat(client, coordinator, { group, memberId, epoch: LEAVES, owned: [] });
  if (left !== "gone" && left.errorCode === ErrorCode.NONE && random.chance(0.5))
    await zombieMember(new Client(world, `${memberId.slice(0, 12)}-z`), { group, memberId, epoch });
}

function take(client: Client, reader: GroupReader, { assignment, memberEpoch }: ConsumerGroupHeartbeatResponse, group: string): void {
  const { topics } = client.world;
  const wanted = new Map<string, GroupPartition>();
  for (const { topicId, partitions } of assignment!.topicPartitions) {
    const topic = topics.find((each) => each.topicId === topicId);
    if (topic) for (const partition of partitions) wanted.set(topic.label(partition), { topic, partition });
  }
  for (const held of reader.held) if (!wanted.has(held.topic.label(held.partition))) reader.drop(held);
  for (const each of wanted.values()) reader.take(each);
  client.note("is to own", group, `epoch ${memberEpoch}`, [...wanted.keys()].join(","));
}

async function heartbeat(
  client: Client,
  coordinator: CoordinatorFinder,
  at: { readonly group: string; readonly memberId: string; readonly epoch: number; readonly owned: readonly GroupPartition[] },
): Promise<ConsumerGroupHeartbeatResponse | "gone"> {
  const nodeId = await coordinator.find();
  if (nodeId === undefined) return "gone";
  const byTopic = Map.groupBy(at.owned, ({ topic }) => topic.topicId);
  const isFirst = at.epoch === 0;
  const request = makeConsumerGroupHeartbeatRequest({
    groupId: at.group,
    memberId: at.memberId,
    memberEpoch: at.epoch,
    rebalanceTimeoutMs: isFirst ? 2000 : -1,
    subscribedTopicNames: isFirst ? client.world.topics.map(({ name }) => name) : null,
    topicPartitions: [...byTopic].map(([topicId, owned]) => ({
      topicId,
      partitions: owned.map(({ partition }) => partition),
      unknownTaggedFields: undefined,
    })),
  });
  const answer = await client.call(nodeId, consumerGroupHeartbeatApi, 1, request);
  if (answer) client.isBug("ConsumerGroupHeartbeat", answer.errorCode);
  if (!answer || isCoordinatorGone(answer.errorCode)) {
    coordinator.forget();
    return "gone";
  }
  return answer;
}
