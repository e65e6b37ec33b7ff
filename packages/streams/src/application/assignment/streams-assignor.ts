import type { AssignableTopic, Assignor, GroupMember, MemberAssignment, TopicPartition } from "@ottla/client";
import { countPartitions, taskCount } from "../plan/partition-counts.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import { isWhole, readerOf, type TopologyPlan } from "../plan/topology-plan.ts";
import { divideTasks, type MemberTasks, type TaskMember } from "./divide-tasks.ts";
import {
  type AssignedData,
  decodeAssignedData,
  decodeMemberData,
  encodeAssignedData,
  encodeMemberData,
  type HeldTask,
  type HostTasks,
} from "./member-data.ts";

/** What the assignor of a member asks and tells it. */
export interface AssignorHost {
  readonly processId: string;
  readonly standbyReplicas: number;
  /** Where this instance can be asked, `host:port`. */
  readonly applicationServer?: string | undefined;
  held(): readonly HeldTask[];
  onAssigned(data: AssignedData): void;
}

/**
 * Divides tasks among the members of a classic group, cooperatively: a task that moves is first taken from where it runs, and given on in the rebalance that follows at once; all others go on
 * meanwhile. All members have to have the same topology.
 */
export function streamsAssignor(plan: TopologyPlan, host: AssignorHost): Assignor {
  return {
    name: "ottla-streams",
    protocols: ["cooperative"],
    subscriptionUserData: () =>
      encodeMemberData({ processId: host.processId, held: host.held(), applicationServer: host.applicationServer }),
    assign: (members, topics) => assign(plan, host.standbyReplicas, members, topics),
    onAssignment({ userData }) {
      host.onAssigned(userData === null || userData === undefined ? { standbys: [] } : decodeAssignedData(userData));
    },
  };
}

function assign(
  plan: TopologyPlan,
  standbyReplicas: number,
  members: readonly GroupMember[],
  topics: ReadonlyMap<string, AssignableTopic>,
): Map<string, MemberAssignment> {
  const counts = countPartitions(plan, new Map([...topics].map(([name, { partitionCount }]) => [name, partitionCount])));
  const runningOf = new Map(members.map((member) => [member.memberId, tasksOf(plan, member.ownedPartitions)]));
  const taskMembers = members.map((member): TaskMember => {
    const data = member.userData === null ? undefined : decodeMemberData(member.userData);
    return {
      memberId: member.memberId,
      processId: data?.processId ?? member.memberId,
      held: data?.held ?? [],
      running: [...runningOf.get(member.memberId)!.values()],
    };
  });
  const groups = plan.subtopologies.map((subtopology) => ({
    subtopology: subtopology.id,
    count: taskCount(subtopology, counts, isWhole),
    isStateful: subtopology.changelogs.length > 0,
  }));
  const divided = divideTasks(taskMembers, groups, standbyReplicas);
  const hosts = hostsOf(members, divided);
  const isFree = (task: TaskId, memberId: string) =>
    [...runningOf].every(([other, running]) => other === memberId || !running.has(taskName(task)));
  return new Map(
    [...divided].map(([memberId, { active, standby }]) => [
      memberId,
      {
        partitions: active.filter((task) => isFree(task, memberId)).flatMap((task) => partitionsOf(plan, counts, task)),
        userData: encodeAssignedData({ standbys: standby, hosts }),
      },
    ]),
  );
}

/** What all that can be asked are to have; members of one instance name the same place. */
function hostsOf(members: readonly GroupMember[], divided: ReadonlyMap<string, MemberTasks>): HostTasks[] {
  const hosts = new Map<string, { applicationServer: string; active: TaskId[]; standby: TaskId[] }>();
  for (const { memberId, userData } of members) {
    const applicationServer = userData === null ? undefined : decodeMemberData(userData).applicationServer;
    const tasks = divided.get(memberId);
    if (applicationServer === undefined || tasks === undefined) continue;
    const host = hosts.get(applicationServer) ?? { applicationServer, active: [], standby: [] };
    host.active.push(...tasks.active);
    host.standby.push(...tasks.standby);
    hosts.set(applicationServer, host);
  }
  return [...hosts.values()];
}

/** The tasks that partitions belong to, by name. */
export function tasksOf(plan: TopologyPlan, partitions: readonly TopicPartition[]): Map<string, TaskId> {
  const tasks = new Map<string, TaskId>();
  const readers = new Map<string, number | undefined>();
  for (const { topic, partition } of partitions) {
    if (!readers.has(topic)) readers.set(topic, readerOf(plan, topic)?.id);
    const subtopology = readers.get(topic);
    if (subtopology === undefined) continue;
    const task = { subtopology, partition };
    tasks.set(taskName(task), task);
  }
  return tasks;
}

function partitionsOf(plan: TopologyPlan, counts: ReadonlyMap<string, number>, { subtopology, partition }: TaskId): TopicPartition[] {
  const part = plan.subtopologies.find(({ id }) => id === subtopology);
  if (part === undefined) return [];
  const matched = [...counts.keys()].filter((topic) => part.sourcePatterns.some((pattern) => isWhole(pattern, topic)));
  return [...new Set([...part.sourceTopics, ...matched])]
    .filter((topic) => partition < (counts.get(topic) ?? 0))
    .map((topic) => ({ topic, partition }));
}
