import { ApiKey } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { joinGroupApi } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { makeSyncGroupRequest, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import type { ScriptContext } from "../script-context.ts";
import type { GroupModel, MemberModel } from "../script-model.ts";
import type { StepKind } from "../step.ts";
import { anyGroup, joinRequest } from "./group-steps.ts";

/** From this version on a member may have a name of its own. */
const JOIN_WITH_INSTANCE = 5;
const CALLS_WITH_INSTANCE = 3;

/** What is told to the process that had the name before. */
async function askAsFormer(context: ScriptContext, group: GroupModel, former: MemberModel): Promise<void> {
  const identity = { groupId: group.name, generationId: group.generation, memberId: former.id, groupInstanceId: former.instanceId };
  switch (context.random.nextInt(4)) {
    case 0:
      await context.ask(heartbeatApi, context.version(heartbeatApi, CALLS_WITH_INSTANCE), makeHeartbeatRequest(identity));
      return;
    case 1: {
      const version = context.version(syncGroupApi, CALLS_WITH_INSTANCE);
      const names = version >= 5 ? { protocolType: "consumer", protocolName: group.protocol } : {};
      await context.ask(syncGroupApi, version, makeSyncGroupRequest({ ...identity, ...names }));
      return;
    }
    case 2: {
      const members = [makeMemberIdentity({ memberId: former.id, groupInstanceId: former.instanceId })];
      const request = makeLeaveGroupRequest({ groupId: group.name, members });
      await context.ask(leaveGroupApi, context.version(leaveGroupApi, CALLS_WITH_INSTANCE), request);
      return;
    }
    default: {
      const version = context.version(joinGroupApi, JOIN_WITH_INSTANCE);
      await context.ask(joinGroupApi, version, joinRequest(group, former.id, former.instanceId, false), former.connection);
    }
  }
}

const comeBack: StepKind = {
  name: "group: static member comes back",
  weight: 4,
  keys: [ApiKey.JoinGroup],
  async run(context) {
    const { random } = context;
    const group = anyGroup(context);
    const statics = [...group.members.values()].filter(({ instanceId }) => instanceId !== null);
    // Only a group at rest takes it in without asking the others to join.
    if (statics.length === 0 || !group.isSynced || group.isRebalancing) return;
    const former = random.pick(statics);
    const connection = `${group.name}-${random.nextInt(2 ** 31)}`;
    const version = context.version(joinGroupApi, JOIN_WITH_INSTANCE);
    const answer = await context.ask(joinGroupApi, version, joinRequest(group, "", former.instanceId, false), connection);
    if (typeof answer === "string" || answer.errorCode !== 0) return;
    group.members.delete(former.id);
    group.members.set(answer.memberId, { id: answer.memberId, instanceId: former.instanceId, connection });
    if (group.leader === former.id) group.leader = answer.memberId;
    if (random.chance(0.6)) await askAsFormer(context, group, former);
  },
};

export const staticMemberSteps: readonly StepKind[] = [comeBack];
