import type { Assignor, GroupMember, MemberAssignment } from "@ottla/client";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { applicationShutDown } from "../../streams-error.ts";
import { checkUnchangedPartitions } from "../plan/changed-partitions.ts";
import { countPartitions, type PartitionCounts, taskCount } from "../plan/partition-counts.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import { isWhole, type TopologyPlan } from "../plan/topology-plan.ts";
import { divideTasks } from "./divide-tasks.ts";
import type { DivisionRules, MemberTasks, TaskMember } from "./division-types.ts";
import type { GroupEvents } from "../worker/group-events.ts";
import {
  decodeAssignedData,
  decodeMemberData,
  encodeAssignedData,
  encodeHosts,
  encodeMemberData,
  encodeShutdown,
  type HostTasks,
  type MemberData,
} from "./member-data.ts";
import { partitionsOf, tasksOf } from "./task-partitions.ts";

/** What the assignor of a member asks and tells it. */
export interface AssignorHost {
  readonly processId: string;
  readonly rules: DivisionRules;
  /** How long tasks wait for their state until it is looked again where they belong. */
  readonly probingRebalanceIntervalMs: number;
  readonly clientTags?: Readonly<Record<string, string>> | undefined;
  /** Of all topics, as they were when the application's own were made or found. */
  readonly partitionCounts: PartitionCounts;
  /** Where this instance can be asked, `host:port`. */
  readonly applicationServer?: string | undefined;
  readonly events: GroupEvents;
}

/**
 * Divides tasks among the members of a classic group, cooperatively: a task that moves is first taken from where it runs, and given on in the rebalance that follows at once; all others go on
 * meanwhile. While versions of a topology are exchanged, a member is given what it subscribes to, and what only later ones read waits for them.
 */
export function streamsAssignor(plan: TopologyPlan, host: AssignorHost): Assignor {
  return {
    name: "ottla-streams",
    protocols: ["cooperative"],
    subscriptionUserData: () => {
      const { processId, applicationServer, clientTags, events } = host;
      events.onRejoin();
      const isShutdownRequested = events.isShutdownRequested();
      return encodeMemberData({
        processId,
        held: events.held(true),
        applicationServer,
        clientTags,
        nonce: events.nonce(),
        isShutdownRequested,
      });
    },
    assign(members, topics) {
      const counts = new Map([...topics].map(([name, { partitionCount }]) => [name, partitionCount]));
      checkUnchangedPartitions(plan, host.partitionCounts, counts);
      return assign(plan, host, members, counts);
    },
    onAssignment({ userData }) {
      const { events } = host;
      if (userData === null || userData === undefined || userData.length === 0)
        return events.onFailure(dividedByOthers(plan.applicationId));
      const data = decodeAssignedData(userData);
      if (data.isShutdown === true) return events.onFailure(applicationShutDown(plan.applicationId));
      events.onHosts(data.hosts ?? []);
      events.onStandbys(data.standbys, data.probeInMs);
    },
  };
}

/** A consumer of the newer protocol makes the group one whose coordinator divides partitions, and knows nothing of tasks. */
function dividedByOthers(applicationId: string): KafkaError {
  return new KafkaError(
    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
    `Group ${applicationId} is divided by its coordinator: a consumer with group.protocol=consumer, of another program, is a member of it, too. Give that one another group.id, or this application another applicationId.`,
  );
}

function assign(
  plan: TopologyPlan,
  { rules, probingRebalanceIntervalMs }: AssignorHost,
  members: readonly GroupMember[],
  existing: PartitionCounts,
): Map<string, MemberAssignment> {
  const counts = countPartitions(plan, existing);
  const runningOf = new Map(members.map((member) => [member.memberId, tasksOf(plan, member.ownedPartitions)]));
  const told = new Map(members.map(({ memberId, userData }) => [memberId, userData === null ? undefined : decodeMemberData(userData)]));
  if ([...told.values()].some((data) => data?.isShutdownRequested === true)) {
    return new Map(members.map(({ memberId }) => [memberId, { partitions: [], userData: encodeShutdown() }]));
  }
  const taskMembers = members.map((member): TaskMember => {
    const data = told.get(member.memberId);
    return {
      memberId: member.memberId,
      processId: data?.processId ?? member.memberId,
      held: data?.held ?? [],
      running: [...runningOf.get(member.memberId)!.values()],
      clientTags: data?.clientTags,
    };
  });
  const groups = plan.subtopologies.map((subtopology) => ({
    subtopology: subtopology.id,
    count: taskCount(subtopology, counts, isWhole),
    isStateful: subtopology.changelogs.length > 0,
  }));
  const { members: divided, isSettled } = divideTasks(taskMembers, groups, rules);
  // It may be large, and every member is told the same.
  const hosts = encodeHosts(hostsOf(told, divided));
  const runners = countRunners(runningOf);
  // A member of another version may not know some of what this one reads.
  const readBy = new Map(members.map(({ memberId, topics }) => [memberId, new Set(topics)]));
  const heldOf = new Map(taskMembers.map(({ memberId, held }) => [memberId, new Set(held.map(taskName))]));
  // One of them asks, whoever it is: if it goes, tasks are divided anew for that.
  const prober = isSettled ? undefined : [...divided].find(([, { warmup }]) => warmup.length > 0)?.[0];
  return new Map(
    [...divided].map(([memberId, { active, standby, warmup }]) => {
      const isFree = (task: TaskId) => {
        const name = taskName(task);
        return (runners.get(name) ?? 0) === (runningOf.get(memberId)!.has(name) ? 1 : 0);
      };
      // A copy stays until its task is free to come.
      const awaited = active.filter((task) => !isFree(task) && heldOf.get(memberId)!.has(taskName(task)));
      return [
        memberId,
        {
          partitions: active
            .filter(isFree)
            .flatMap((task) => partitionsOf(plan, counts, task))
            .filter(({ topic }) => readBy.get(memberId)!.has(topic)),
          userData: encodeAssignedData(
            {
              standbys: [...standby, ...warmup, ...awaited],
              probeInMs: memberId === prober ? probingRebalanceIntervalMs : undefined,
            },
            hosts,
          ),
        },
      ];
    }),
  );
}

/** How many members claim each task. */
function countRunners(runningOf: ReadonlyMap<string, ReadonlyMap<string, TaskId>>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const running of runningOf.values()) for (const name of running.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What all that can be asked are to have; members of one instance name the same place. */
function hostsOf(told: ReadonlyMap<string, MemberData | undefined>, divided: ReadonlyMap<string, MemberTasks>): HostTasks[] {
  const hosts = new Map<string, { applicationServer: string; active: TaskId[]; standby: TaskId[] }>();
  for (const [memberId, data] of told) {
    const applicationServer = data?.applicationServer;
    const tasks = divided.get(memberId);
    if (applicationServer === undefined || tasks === undefined) continue;
    const host = hosts.get(applicationServer) ?? { applicationServer, active: [], standby: [] };
    host.active.push(...tasks.active);
    host.standby.push(...tasks.standby);
    hosts.set(applicationServer, host);
  }
  return [...hosts.values()];
}
