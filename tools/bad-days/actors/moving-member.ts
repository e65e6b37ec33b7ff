import { ByteReader, ByteWriter } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { type JoinGroupResponse, joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import {
  consumerProtocolAssignment,
  makeConsumerProtocolAssignment,
  makeTopicPartition,
} from "@ottla/protocol/data/consumer-protocol-assignment";
import { consumerProtocolSubscription, makeConsumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import type { Client } from "./client.ts";
import { consumerLife } from "./consumer-member.ts";
import { CoordinatorFinder, isCoordinatorGone } from "./coordinator-finder.ts";
import type { GroupPartition } from "./group-offsets.ts";
import { GroupReader } from "./group-reader.ts";
import type { Ownership, Tenure } from "./tenure.ts";

const SESSION_TIMEOUT_MS = 6000;
const REBALANCE_TIMEOUT_MS = 2000;
const PROTOCOL_TYPE = "consumer";
const EMBEDDED_VERSION = 3;
const EVERY_TOPIC = "t[0-9]";

/** A member that comes in one protocol and in its next life in the other, so that its group moves there and back, with members of both in between. */
export async function movingMember(client: Client, group: string, ownership: Ownership): Promise<void> {
  const { world, random } = client;
  const coordinator = new CoordinatorFinder(client, "group", group);
  for (let life = 1; !world.isClosing; life++) {
    const tenure = ownership.begin(`${client.name}-${life}`);
    if (random.chance(0.5)) await classicLife(client, coordinator, group, tenure);
    else {
      const topicRegex = random.chance(0.3) ? EVERY_TOPIC : undefined;
      const memberId = tenure.name.padEnd(22, "x");
      await consumerLife(client, coordinator, {
        group,
        memberId,
        rounds: 10 + random.nextInt(60),
        tenure,
        ...(topicRegex && { topicRegex }),
      });
    }
    tenure.end();
    await client.pause(30);
  }
}

/** Joins, as a consumer of the classic protocol that gives up all before it joins again, until it leaves or has joined often enough. */
async function classicLife(client: Client, coordinator: CoordinatorFinder, group: string, tenure: Tenure): Promise<void> {
  const { world, random } = client;
  let memberId = "";
  for (let joins = 2 + random.nextInt(6); joins > 0 && !world.isClosing; joins--) {
    tenure.end();
    const nodeId = await coordinator.find();
    const joined = nodeId === undefined ? undefined : await join(client, nodeId, group, memberId);
    if (nodeId === undefined || joined?.errorCode !== ErrorCode.NONE) {
      if (joined?.errorCode === ErrorCode.MEMBER_ID_REQUIRED) memberId = joined.memberId;
      else if (joined?.errorCode === ErrorCode.UNKNOWN_MEMBER_ID) memberId = "";
      if (isCoordinatorGone(joined?.errorCode)) coordinator.forget();
      if (joined?.errorCode !== ErrorCode.MEMBER_ID_REQUIRED) await client.pause(50);
      continue;
    }
    memberId = joined.memberId;
    const syncedMs = world.clock.monotonicMs();
    const partitions = await sync(client, nodeId, group, joined);
    if (!partitions) {
      await client.pause(30);
      continue;
    }
    const labels = partitions.map(({ topic, partition }) => topic.label(partition));
    client.note("owns", group, `generation ${joined.generationId}`, labels.join(","));
    tenure.heard(syncedMs);
    tenure.set(partitions);
    await readOn(client, coordinator, { group, memberId, generationId: joined.generationId }, partitions, tenure);
  }
  tenure.end();
  if (memberId === "" || !random.chance(0.7)) return;
  const nodeId = await coordinator.find();
  if (nodeId === undefined) return;
  const members = [makeMemberIdentity({ memberId })];
  const left = await client.call(nodeId, leaveGroupApi, 4, makeLeaveGroupRequest({ groupId: group, members }));
  client.note("leaves", group, `code ${left?.errorCode}`);
}

interface Membership {
  readonly group: string;
  readonly memberId: string;
  readonly generationId: number;
}

/** Reads and commits until it is told to join again. */
async function readOn(
  client: Client,
  coordinator: CoordinatorFinder,
  at: Membership,
  partitions: readonly GroupPartition[],
  tenure: Tenure,
): Promise<void> {
  const { world, random } = client;
  const reader = new GroupReader(client, coordinator, { group: at.group, memberId: at.memberId, epoch: at.generationId });
  for (const partition of partitions) reader.take(partition);
  for (let rounds = 3 + random.nextInt(40); rounds > 0 && !world.isClosing; rounds--) {
    if (!(await reader.readRound())) return;
    const sentMs = world.clock.monotonicMs();
    const code = await heartbeat(client, coordinator, at);
    if (code === ErrorCode.NONE) tenure.heard(sentMs);
    else if (!isCoordinatorGone(code)) return;
    await client.pause(world.scenario.paceMs);
  }
}

async function join(client: Client, nodeId: number, group: string, memberId: string): Promise<JoinGroupResponse | undefined> {
  const topics = client.world.topics.map(({ name }) => name).sort();
  const metadata = embedded((writer) =>
    consumerProtocolSubscription.write(writer, makeConsumerProtocolSubscription({ topics }), EMBEDDED_VERSION),
  );
  const request = makeJoinGroupRequest({
    groupId: group,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
    memberId,
    protocolType: PROTOCOL_TYPE,
    protocols: [makeJoinGroupRequestProtocol({ name: "range", metadata })],
  });
  const answer = await client.call(nodeId, joinGroupApi, 7, request, 10_000);
  if (answer) client.isBug("JoinGroup", answer.errorCode);
  client.note("joins", group, memberId, `code ${answer?.errorCode} generation ${answer?.generationId}`);
  return answer;
}

/** The partitions that this member was given; undefined where the round was broken off. */
async function sync(client: Client, nodeId: number, group: string, joined: JoinGroupResponse): Promise<GroupPartition[] | undefined> {
  const { topics } = client.world;
  const all = topics.flatMap((topic) => Array.from({ length: topic.partitionCount }, (_, partition) => ({ topic, partition })));
  const assignments = joined.members.map(({ memberId }, at) =>
    makeSyncGroupRequestAssignment({ memberId, assignment: assignmentOf(all.filter((_, i) => i % joined.members.length === at)) }),
  );
  const { generationId, memberId } = joined;
  const request = makeSyncGroupRequest({
    groupId: group,
    generationId,
    memberId,
    protocolType: PROTOCOL_TYPE,
    protocolName: "range",
    assignments,
  });
  const answer = await client.call(nodeId, syncGroupApi, 5, request, 5000);
  if (answer) client.isBug("SyncGroup", answer.errorCode);
  client.note("syncs", group, memberId, `code ${answer?.errorCode}`);
  if (answer?.errorCode !== ErrorCode.NONE || answer.assignment.length === 0) return undefined;
  const reader = new ByteReader(answer.assignment);
  const { assignedPartitions } = consumerProtocolAssignment.read(reader, reader.int16());
  return assignedPartitions.flatMap(({ topic: name, partitions }) => {
    const topic = topics.find((each) => each.name === name);
    return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }));
  });
}

function assignmentOf(partitions: readonly GroupPartition[]): Buffer {
  const byTopic = Map.groupBy(partitions, ({ topic }) => topic.name);
  const assignedPartitions = Array.from(byTopic, ([topic, each]) =>
    makeTopicPartition({ topic, partitions: each.map(({ partition }) => partition) }),
  );
  return embedded((writer) =>
    consumerProtocolAssignment.write(writer, makeConsumerProtocolAssignment({ assignedPartitions }), EMBEDDED_VERSION),
  );
}

/** A message of the embedded protocol, behind its version. */
function embedded(write: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter();
  writer.int16(EMBEDDED_VERSION);
  write(writer);
  return Buffer.from(writer.toBuffer());
}

async function heartbeat(client: Client, coordinator: CoordinatorFinder, at: Membership): Promise<number | undefined> {
  const nodeId = await coordinator.find();
  if (nodeId === undefined) return undefined;
  const { group: groupId, memberId, generationId } = at;
  const code = (await client.call(nodeId, heartbeatApi, 4, makeHeartbeatRequest({ groupId, memberId, generationId })))?.errorCode;
  if (code !== undefined) client.isBug("Heartbeat", code);
  if (isCoordinatorGone(code)) coordinator.forget();
  return code;
}
