import type { StreamsEndpoint, StreamsRole, StreamsTaskId, StreamsTaskOffset, TopicPartition } from "@ottla/client";
import type { HeldTask, HostTasks } from "../assignment/member-data.ts";
import { partitionsOf, tasksOf } from "../assignment/task-partitions.ts";
import type { TaskId } from "../plan/task-id.ts";
import type { TopologyPlan } from "../plan/topology-plan.ts";
import type { GroupEvents } from "../worker/group-events.ts";
import type { GroupHost } from "../worker/worker-host.ts";
import { GroupStatuses } from "./group-statuses.ts";
import { groupTopology } from "./group-topology.ts";

/** A worker's part in a streams group (KIP-1071): the coordinator divides the tasks, and makes the application's own topics. */
export function streamsRole({ plan, counts, options, processId, clock, logger }: GroupHost, events: GroupEvents): StreamsRole {
  const statuses = new GroupStatuses(options.applicationId, logger);
  return {
    topology: groupTopology(plan, counts, options),
    processId,
    userEndpoint: endpointOf(options.applicationServer),
    clientTags: options.clientTags,
    taskOffsets() {
      // What runs is up to date: as Java, it is not told.
      const held = events.held(false);
      const known = held.flatMap((task) => (task.endSum === undefined ? [] : offsetOf(task, task.endSum)));
      return { offsets: held.map((task) => offsetOf(task, task.offsetSum)), ends: known };
    },
    isShutdownRequested: () => events.isShutdownRequested(),
    partitionsOf: (active) => active.flatMap((task) => partitionsOf(plan, counts, taskIdOf(task))),
    onTasks({ standby, warmup, isGroupReady }) {
      events.onReady(isGroupReady);
      events.onStandbys([...standby, ...warmup].map(taskIdOf), undefined);
    },
    onNews(news) {
      const failure = statuses.failureIn(news, clock.monotonicMs());
      if (failure !== undefined) events.onFailure(failure);
      if (news.endpoints !== undefined) events.onHosts(hostsOf(plan, news.endpoints));
    },
  };
}

function offsetOf({ subtopology, partition }: HeldTask, offset: number): StreamsTaskOffset {
  return { subtopologyId: String(subtopology), partition, offset };
}

function taskIdOf({ subtopologyId, partition }: StreamsTaskId): TaskId {
  return { subtopology: Number(subtopologyId), partition };
}

/** Members of one instance name the same place. */
function hostsOf(plan: TopologyPlan, endpoints: readonly StreamsEndpoint[]): HostTasks[] {
  const tasks = (partitions: readonly TopicPartition[]) => [...tasksOf(plan, partitions).values()];
  const places = Map.groupBy(endpoints, ({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`);
  return [...places].map(([applicationServer, members]) => ({
    applicationServer,
    active: members.flatMap(({ active }) => tasks(active)),
    standby: members.flatMap(({ standby }) => tasks(standby)),
  }));
}

/** `host:port`, as it was checked; an IPv6 address stands in brackets. */
function endpointOf(applicationServer: string | undefined): { readonly host: string; readonly port: number } | undefined {
  if (applicationServer === undefined) return undefined;
  const colon = applicationServer.lastIndexOf(":");
  return { host: applicationServer.slice(0, colon).replaceAll(/[[\]]/g, ""), port: Number(applicationServer.slice(colon + 1)) };
}
