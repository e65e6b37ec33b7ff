import { ApiKey, ErrorCode } from "@ottla/protocol";
import { deleteGroupsApi, makeDeleteGroupsRequest } from "@ottla/protocol/apis/delete-groups";
import { describeGroupsApi, makeDescribeGroupsRequest } from "@ottla/protocol/apis/describe-groups";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { listGroupsApi, makeListGroupsRequest } from "@ottla/protocol/apis/list-groups";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import type { ScriptContext } from "../script-context.ts";
import type { GroupModel, MemberModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";

const SESSION_TIMEOUT_MS = 300_000;
const MEMBERS_MAX = 4;
/** A subscription of Java's consumer: version 0, no topics, no data. */
const SUBSCRIPTION = Buffer.from([0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);

/** One of the script's groups; it need not be there yet. */
export function anyGroup(context: ScriptContext): GroupModel {
  const name = context.named(`g${context.random.nextInt(3)}`);
  let group = context.model.groups.get(name);
  if (group === undefined) {
    group = { name, members: new Map(), generation: -1, leader: "", protocol: null, exists: false, isSynced: false, isRebalancing: false };
    context.model.groups.set(name, group);
  }
  return group;
}

/** A member that is there, seldom one that is not. */
export function anyMember(context: ScriptContext, group: GroupModel): { readonly id: string; readonly instanceId: string | null } {
  const members = [...group.members.values()];
  if (members.length === 0 || context.random.chance(0.1)) return { id: context.random.pick(["", "nobody"]), instanceId: null };
  return context.random.pick(members);
}

const protocols = (names: readonly string[]) => names.map((name) => makeJoinGroupRequestProtocol({ name, metadata: SUBSCRIPTION }));

export function joinRequest(group: GroupModel, memberId: string, instanceId: string | null, isVersion0: boolean) {
  return makeJoinGroupRequest({
    groupId: group.name,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    rebalanceTimeoutMs: isVersion0 ? -1 : SESSION_TIMEOUT_MS,
    memberId,
    groupInstanceId: instanceId,
    protocolType: "consumer",
    protocols: protocols(["range", "roundrobin"]),
  });
}

/** All members join again, `first` before the others, since it is what makes the group rebalance. */
async function rejoin(context: ScriptContext, group: GroupModel, first: MemberModel): Promise<void> {
  const others = [...group.members.values()].filter((member) => member.id !== first.id);
  const isRebalancingAlready = group.isRebalancing;
  const join = async (member: MemberModel): Promise<void> => {
    const version = context.version(joinGroupApi, member.instanceId === null ? 0 : 5);
    const answer = await context.ask(
      joinGroupApi,
      version,
      joinRequest(group, member.id, member.instanceId, version === 0),
      member.connection,
    );
    if (typeof answer === "string" || answer.errorCode !== 0) return;
    group.exists = true;
    group.generation = answer.generationId;
    group.isSynced = false;
    group.leader = answer.leader;
    group.protocol = answer.protocolName;
  };
  const joined = [join(first)];
  joined[0]!.catch(() => undefined);
  if (others.length > 0 && !isRebalancingAlready) {
    await context.pair.until(
      `${group.name} rebalances`,
      describeGroupsApi,
      5,
      makeDescribeGroupsRequest({ groups: [group.name] }),
      ({ groups }) => groups.every(({ groupState }) => groupState === "PreparingRebalance"),
    );
  }
  joined.push(...others.map(join));
  const outcomes = await Promise.allSettled(joined);
  group.members.set(first.id, first);
  group.isRebalancing = false;
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

const join: StepKind = {
  name: "group: join",
  weight: 6,
  keys: [ApiKey.JoinGroup, ApiKey.DescribeGroups],
  async run(context) {
    const { random } = context;
    const group = anyGroup(context);
    if (group.members.size >= MEMBERS_MAX) return;
    const instanceId = random.chance(0.2) ? `i${random.nextInt(3)}` : null;
    // Who takes a static member's place is another step's matter.
    if (instanceId !== null && [...group.members.values()].some((member) => member.instanceId === instanceId)) return;
    const connection = `${group.name}-${random.nextInt(2 ** 31)}`;
    if (instanceId === null) {
      const version = context.version(joinGroupApi, 4);
      const answer = await context.ask(joinGroupApi, version, joinRequest(group, "", null, false), connection);
      if (typeof answer === "string" || answer.errorCode !== ErrorCode.MEMBER_ID_REQUIRED) return;
      return rejoin(context, group, { id: answer.memberId, instanceId: null, connection });
    }
    if (group.members.size > 0) return;
    const answer = await context.ask(joinGroupApi, context.version(joinGroupApi, 5), joinRequest(group, "", instanceId, false), connection);
    if (typeof answer === "string" || answer.errorCode !== 0) return;
    group.members.set(answer.memberId, { id: answer.memberId, instanceId, connection });
    group.exists = true;
    group.generation = answer.generationId;
    group.isSynced = false;
    group.leader = answer.leader;
    group.protocol = answer.protocolName;
    group.isRebalancing = false;
  },
};

const rebalance: StepKind = {
  name: "group: rebalance",
  weight: 3,
  keys: [ApiKey.JoinGroup, ApiKey.DescribeGroups],
  async run(context) {
    const group = anyGroup(context);
    const leader = group.members.get(group.leader) ?? [...group.members.values()][0];
    // A member that joins again before it synced is only told what it was told.
    if (leader !== undefined && (group.isSynced || group.isRebalancing)) await rejoin(context, group, leader);
  },
};

const joinOddly: StepKind = {
  name: "group: join oddly",
  weight: 2,
  keys: [ApiKey.JoinGroup],
  async run(context) {
    const group = anyGroup(context);
    if (!group.exists) return;
    const version = context.version(joinGroupApi);
    const usual = joinRequest(group, "", null, version === 0);
    const odd = context.random.pick([
      { sessionTimeoutMs: 10 },
      { sessionTimeoutMs: 2 ** 31 - 1 },
      { groupId: "" },
      { memberId: "nobody" },
      { protocols: [] },
      { protocolType: "" },
      ...(group.members.size > 0
        ? [
            { protocolType: "connect", memberId: "nobody" },
            { protocols: protocols(["sticky"]), memberId: "nobody" },
          ]
        : []),
    ]);
    await context.ask(joinGroupApi, version, { ...usual, ...odd }, `${group.name}-odd`);
  },
};

const sync: StepKind = {
  name: "group: sync",
  weight: 5,
  keys: [ApiKey.SyncGroup],
  async run(context) {
    const { random } = context;
    const group = anyGroup(context);
    if (group.isRebalancing) return;
    const members = [...group.members.values()];
    const ordered = [...members.filter(({ id }) => id === group.leader), ...members.filter(({ id }) => id !== group.leader)];
    for (const member of ordered) {
      const version = context.version(syncGroupApi, member.instanceId === null ? 0 : 3);
      const isLeader = member.id === group.leader;
      const assignments = isLeader
        ? members.map((each, index) => makeSyncGroupRequestAssignment({ memberId: each.id, assignment: Buffer.from([0, 0, index]) }))
        : [];
      const request = makeSyncGroupRequest({
        groupId: group.name,
        generationId: group.generation,
        memberId: member.id,
        groupInstanceId: version >= 3 ? member.instanceId : null,
        protocolType: version >= 5 ? context.mostly("consumer", ["connect"], 0.03) : null,
        protocolName: version >= 5 ? context.mostly(group.protocol, ["sticky"], 0.03) : null,
        assignments,
      });
      const answer = await context.ask(syncGroupApi, version, request, member.connection);
      if (isLeader && typeof answer !== "string" && answer.errorCode === 0) group.isSynced = true;
      // Without the leader's plan the others would wait.
      if (isLeader && (typeof answer === "string" || answer.errorCode !== 0)) return;
    }
    if (random.chance(0.2)) await syncOddly(context, group);
  },
};

async function syncOddly(context: ScriptContext, group: GroupModel): Promise<void> {
  const odd = context.random.pick([{ generationId: group.generation + 1 }, { generationId: -1 }, { memberId: "nobody" }, { groupId: "" }]);
  const usual = { groupId: group.name, generationId: group.generation, memberId: anyMember(context, group).id };
  const version = context.version(syncGroupApi);
  const names = version >= 5 ? { protocolType: "consumer", protocolName: group.protocol } : {};
  await context.ask(syncGroupApi, version, makeSyncGroupRequest({ ...usual, ...names, ...odd }), `${group.name}-odd`);
}

const heartbeat: StepKind = {
  name: "group: heartbeat",
  weight: 3,
  keys: [ApiKey.Heartbeat],
  async run(context) {
    const group = anyGroup(context);
    const member = anyMember(context, group);
    const version = context.version(heartbeatApi);
    const request = makeHeartbeatRequest({
      groupId: context.mostly(group.name, ["", context.named("nogroup")], 0.05),
      generationId: context.mostly(group.generation, [group.generation + 1, group.generation - 1, -1], 0.15),
      memberId: member.id,
      groupInstanceId: version >= 3 ? context.mostly(member.instanceId, ["i9", "i0"], 0.1) : null,
    });
    await context.ask(heartbeatApi, version, request);
  },
};

const leave: StepKind = {
  name: "group: leave",
  weight: 3,
  keys: [ApiKey.LeaveGroup],
  async run(context) {
    const { random } = context;
    const group = anyGroup(context);
    const member = anyMember(context, group);
    const version = context.version(leaveGroupApi);
    const identity = makeMemberIdentity({
      memberId: member.instanceId !== null && random.chance(0.5) ? "" : member.id,
      groupInstanceId: context.mostly(member.instanceId, ["i9"], 0.05),
      reason: version >= 5 && random.chance(0.5) ? "done" : null,
    });
    const stranger = makeMemberIdentity({ memberId: "nobody" });
    const request =
      version >= 3
        ? makeLeaveGroupRequest({ groupId: group.name, members: random.chance(0.1) ? [identity, stranger] : [identity] })
        : makeLeaveGroupRequest({ groupId: group.name, memberId: member.id });
    const answer = await context.ask(leaveGroupApi, version, request);
    const isGone = typeof answer !== "string" && answer.errorCode === 0 && (answer.members[0]?.errorCode ?? 0) === 0;
    if (!isGone || !group.members.delete(member.id)) return;
    group.isRebalancing = group.members.size > 0;
  },
};

const describeGroups: StepKind = {
  name: "group: describe",
  weight: 4,
  keys: [ApiKey.DescribeGroups],
  async run(context) {
    const group = anyGroup(context);
    const version = context.version(describeGroupsApi);
    const groups = [group.name, ...context.mostly<string[]>([], [[context.named("nogroup")], [group.name]], 0.15)];
    const includeAuthorizedOperations = version >= 3 && context.random.chance(0.3);
    await context.ask(describeGroupsApi, version, makeDescribeGroupsRequest({ groups, includeAuthorizedOperations }));
  },
};

const listGroups: StepKind = {
  name: "group: list",
  weight: 2,
  keys: [ApiKey.ListGroups],
  async run(context) {
    const { random } = context;
    const version = context.version(listGroupsApi);
    const statesFilter =
      version >= 4 ? random.pick([[], [], ["Stable"], ["empty"], ["PreparingRebalance", "CompletingRebalance"], ["None"]]) : [];
    const typesFilter = version >= 5 ? random.pick([[], [], ["classic"], ["Consumer"], ["none"]]) : [];
    await context.ask(listGroupsApi, version, makeListGroupsRequest({ statesFilter, typesFilter }));
  },
};

const deleteGroups: StepKind = {
  name: "group: delete",
  weight: 2,
  keys: [ApiKey.DeleteGroups],
  async run(context) {
    const group = anyGroup(context);
    const groupsNames = [group.name, ...context.mostly<string[]>([], [[""], [context.named("nogroup")]], 0.15)];
    const answer = await context.ask(deleteGroupsApi, context.version(deleteGroupsApi), makeDeleteGroupsRequest({ groupsNames }));
    if (typeof answer === "string") return;
    for (const { groupId, errorCode } of answer.results) if (errorCode === 0) context.model.groups.delete(groupId);
  },
};

const findCoordinator: StepKind = {
  name: "find coordinator",
  weight: 1,
  keys: [ApiKey.FindCoordinator],
  async run(context) {
    const version = context.version(findCoordinatorApi);
    const { name } = anyGroup(context);
    const keyType = version >= 1 ? context.mostly(context.random.nextInt(2), [3, -1], 0.1) : 0;
    const request =
      version >= 4
        ? makeFindCoordinatorRequest({ keyType, coordinatorKeys: context.mostly([name], [[], [name, ""], [name, name]]) })
        : makeFindCoordinatorRequest({ keyType, key: context.mostly(name, [""]) });
    await context.ask(findCoordinatorApi, version, request);
  },
};

export const groupSteps: readonly StepKind[] = [
  join,
  rebalance,
  joinOddly,
  sync,
  heartbeat,
  leave,
  describeGroups,
  listGroups,
  deleteGroups,
  findCoordinator,
];
