import { ErrorCode } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { type JoinGroupResponse, joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import { Client } from "./client.ts";
import { CoordinatorFinder, isCoordinatorGone } from "./coordinator-finder.ts";
import type { GroupPartition } from "./group-offsets.ts";
import { GroupReader } from "./group-reader.ts";
import { zombieMember } from "./zombie-member.ts";

const SESSION_TIMEOUT_MS = 6000;

/** A member of a group of the classic protocol: joins, is given partitions, reads them from where the group stands and commits, until it leaves or is thrown out. */
export async function classicMember(client: Client, group: string): Promise<void> {
  const { world, random } = client;
  const coordinator = new CoordinatorFinder(client, "group", group);
  let memberId = "";
  const zombies: Promise<void>[] = [];
  const goOn = (epoch: number, ofMember: string): void => {
    if (random.chance(0.3))
      zombies.push(zombieMember(new Client(world, `${client.name}-z${zombies.length}`), { group, memberId: ofMember, epoch }));
  };
  let lastGeneration: { readonly memberId: string; readonly id: number } | undefined;
  while (!world.isClosing) {
    const nodeId = await coordinator.find();
    const joined = nodeId === undefined ? undefined : await join(client, nodeId, group, memberId);
    if (nodeId === undefined || !joined || joined.errorCode !== ErrorCode.NONE) {
      if (joined?.errorCode === ErrorCode.MEMBER_ID_REQUIRED) memberId = joined.memberId;
      else if (joined?.errorCode === ErrorCode.UNKNOWN_MEMBER_ID) memberId = "";
      if (isCoordinatorGone(joined?.errorCode)) coordinator.forget();
      if (joined?.errorCode !== ErrorCode.MEMBER_ID_REQUIRED) await client.pause(50);
      continue;
    }
    memberId = joined.memberId;
    const partitions = await sync(client, nodeId, group, joined);
    if (!partitions) {
      await client.pause(30);
      continue;
    }
    client.note(
      "owns",
      group,
      `generation ${joined.generationId}`,
      partitions.map(({ topic, partition }) => topic.label(partition)).join(","),
    );
    world.claim(
      `${group} generation ${joined.generationId} of ${joined.leader}`,
      client.name,
      partitions.map(({ topic, partition }) => topic.label(partition)),
    );
    if (lastGeneration?.memberId === memberId && lastGeneration.id < joined.generationId) goOn(lastGeneration.id, memberId);
    lastGeneration = { memberId, id: joined.generationId };
    const reader = new GroupReader(client, coordinator, { group, memberId, epoch: joined.generationId });
    for (const partition of partitions) reader.take(partition);
    for (let rounds = 3 + random.nextInt(60); rounds > 0 && !world.isClosing; rounds--) {
      const goesOn = await reader.readRound();
      const beat = goesOn
        ? await heartbeat(client, coordinator, { group, memberId, generationId: joined.generationId })
        : ErrorCode.ILLEGAL_GENERATION;
      if (beat === ErrorCode.UNKNOWN_MEMBER_ID) memberId = "";
      if (beat !== ErrorCode.NONE && !isCoordinatorGone(beat)) break;
      await client.pause(world.scenario.paceMs);
    }
    if (random.chance(0.3) && memberId !== "") {
      const members = [makeMemberIdentity({ memberId })];
      const left = await client.call(nodeId, leaveGroupApi, 4, makeLeaveGroupRequest({ groupId: group, members }));
      client.note("leaves", group, `code ${left?.errorCode}`);
      if (left?.errorCode === ErrorCode.NONE) goOn(joined.generationId, memberId);
      memberId = "";
    }
  }
  await Promise.all(zombies);
}

async function join(client: Client, nodeId: number, group: string, memberId: string): Promise<JoinGroupResponse | undefined> {
  const request = makeJoinGroupRequest({
    groupId: group,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    rebalanceTimeoutMs: 2000,
    memberId,
    protocolType: "bad-days",
    protocols: [makeJoinGroupRequestProtocol({ name: "round-robin", metadata: Buffer.alloc(0) })],
  });
  const answer = await client.call(nodeId, joinGroupApi, 7, request, 10_000);
  if (answer) client.isBug("JoinGroup", answer.errorCode);
  client.note("joins", group, memberId, `code ${answer?.errorCode} generation ${answer?.generationId}`);
  return answer;
}

/** The partitions that the leader gave this member; undefined where the round was broken off. */
async function sync(client: Client, nodeId: number, group: string, joined: JoinGroupResponse): Promise<GroupPartition[] | undefined> {
  const all = new Map(allPartitions(client).map((each) => [each.topic.label(each.partition), each]));
  const labels = [...all.keys()];
  const assignments = joined.members.map(({ memberId }, at) =>
    makeSyncGroupRequestAssignment({
      memberId,
      assignment: Buffer.from(JSON.stringify(labels.filter((_, i) => i % joined.members.length === at))),
    }),
  );
  const request = makeSyncGroupRequest({
    groupId: group,
    generationId: joined.generationId,
    memberId: joined.memberId,
    protocolType: "bad-days",
    protocolName: "round-robin",
    assignments,
  });
  const answer = await client.call(nodeId, syncGroupApi, 5, request, 5000);
  if (answer) client.isBug("SyncGroup", answer.errorCode);
  if (answer?.errorCode !== ErrorCode.NONE || answer.assignment.length === 0) return undefined;
  // One that its leader knew may be gone meanwhile.
  return (JSON.parse(answer.assignment.toString()) as string[]).flatMap((label) => all.get(label) ?? []);
}

async function heartbeat(
  client: Client,
  coordinator: CoordinatorFinder,
  { group, memberId, generationId }: { readonly group: string; readonly memberId: string; readonly generationId: number },
): Promise<number | undefined> {
  const nodeId = await coordinator.find();
  if (nodeId === undefined) return undefined;
  const code = (await client.call(nodeId, heartbeatApi, 4, makeHeartbeatRequest({ groupId: group, memberId, generationId })))?.errorCode;
  if (code !== undefined) client.isBug("Heartbeat", code);
  if (isCoordinatorGone(code)) coordinator.forget();
  return code;
}

function allPartitions({ world }: Client): GroupPartition[] {
  return world.topics.flatMap((topic) => Array.from({ length: topic.firstPartitionCount }, (_, partition) => ({ topic, partition })));
}
