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
import type { Tenure } from "./tenure.ts";
import { zombieMember } from "./zombie-member.ts";

const LEAVES = -1;

/** A member of a group of the consumer protocol (KIP-848): one heartbeat tells what it owns and hears what it is to own; it gives up before others take over. */
export async function consumerMember(client: Client, group: string): Promise<void> {
  const { world, random } = client;
  const coordinator = new CoordinatorFinder(client, "group", group);
  for (let life = 1; !world.isClosing; life++) {
    const memberId = `${client.name}-${life}`.padEnd(22, "x");
    await consumerLife(client, coordinator, { group, memberId, rounds: 10 + random.nextInt(100) });
    await client.pause(50);
  }
}

/** One membership. */
export interface ConsumerLife {
  readonly group: string;
  readonly memberId: string;
  /** How many heartbeats it has at most. */
  readonly rounds: number;
  /** What its topics are called; without it, those that there are when it joins. */
  readonly topicRegex?: string;
  readonly tenure?: Tenure;
}

/** From the first heartbeat to the last: it leaves, or is thrown out, or is heard of no more. */
export async function consumerLife(client: Client, coordinator: CoordinatorFinder, life: ConsumerLife): Promise<void> {
  const { group, memberId, rounds, tenure } = life;
  const { world, random } = client;
  const reader = new GroupReader(client, coordinator, { group, memberId, epoch: 0 });
  let epoch = 0;
  for (let round = 0; round < rounds && !world.isClosing; round++) {
    const sentMs = world.clock.monotonicMs();
    const answer = await heartbeat(client, coordinator, { ...life, epoch, owned: reader.held });
    if (answer === "gone") {
      await client.pause(50);
      continue;
    }
    if (answer.errorCode !== ErrorCode.NONE) {
      client.note("is no member any more", group, `code ${answer.errorCode}`, answer.errorMessage ?? "");
      tenure?.end();
      return;
    }
    epoch = answer.memberEpoch;
    reader.epoch = epoch;
    tenure?.heard(sentMs);
    if (answer.assignment) take(client, reader, answer, group);
    tenure?.set(reader.held);
    if (!(await reader.readRound())) client.note("was refused in", group, `epoch ${epoch}`);
    await client.pause(world.scenario.paceMs);
  }
  tenure?.end();
  if (!random.chance(0.7)) return;
  const left = await heartbeat(client, coordinator, { ...life, epoch: LEAVES, owned: [] });
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
  at: ConsumerLife & { readonly epoch: number; readonly owned: readonly GroupPartition[] },
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
    subscribedTopicNames: isFirst && at.topicRegex === undefined ? client.world.topics.map(({ name }) => name) : null,
    subscribedTopicRegex: isFirst ? (at.topicRegex ?? null) : null,
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
