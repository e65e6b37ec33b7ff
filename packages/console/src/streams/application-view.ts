import type { Admin, GroupDescription, StreamsGroupDescription, StreamsTasks } from "@ottla/client";
import { type ApplicationTopics, readStreamsMembers } from "@ottla/streams/operate";
import { graphOfNodes, graphOfTopics, type ToldNode, type TopologyGraph } from "./topology-graph.ts";

/** A member of an application's group, and the tasks that it has. */
export interface ApplicationMember {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
  readonly processId: string | undefined;
  /** Where it can be asked by HTTP, as it says. */
  readonly applicationServer: string | undefined;
  /** Tasks as `0_3`; of a classic group of Java's the partitions that it reads, as `orders-3`. */
  readonly active: readonly string[];
  readonly standby: readonly string[];
  readonly warmup: readonly string[];
}

/** A sub-topology as the page shows it. */
export interface Subtopology {
  readonly id: string;
  readonly isGlobal: boolean;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly stores: readonly string[];
  readonly graph: TopologyGraph;
}

/** What an instance tells of its topology (`/v1/topology`). */
export interface ToldTopology {
  readonly subtopologies: readonly {
    readonly id: number;
    readonly isGlobal: boolean;
    readonly nodes: readonly ToldNode[];
    readonly stores: readonly { readonly name: string; readonly kind: string; readonly hasChangelog: boolean }[];
  }[];
}

/** An application's group, of either protocol. */
export interface DescribedApplication {
  readonly protocol: "streams" | "classic";
  readonly state: string;
  readonly assignor: string;
  readonly groupEpoch: number | undefined;
  readonly topologyEpoch: number | undefined;
  readonly members: readonly ApplicationMember[];
  /** Only the newer protocol tells them. */
  readonly subtopologies: StreamsGroupDescription["subtopologies"] | undefined;
}

/** The group as its coordinator describes it. Errors: those of the client. */
export async function describeApplication(admin: Admin, groupId: string, timeoutMs: number): Promise<DescribedApplication> {
  const [newer] = await admin.describeStreamsGroups([groupId], { timeoutMs }).catch(() => []);
  if (newer?.value) return ofStreamsGroup(newer.value);
  const [older] = await admin.describeGroups([groupId], { timeoutMs });
  if (older?.error) throw older.error;
  return ofClassicGroup(older!.value);
}

function ofStreamsGroup({ state, groupEpoch, topologyEpoch, members, subtopologies }: StreamsGroupDescription): DescribedApplication {
  return {
    protocol: "streams",
    state,
    assignor: "streams",
    groupEpoch,
    topologyEpoch,
    subtopologies,
    members: members.map(({ memberId, clientId, clientHost, processId, userEndpoint, activeTasks, standbyTasks, warmupTasks }) => ({
      memberId,
      clientId,
      clientHost,
      processId,
      applicationServer: userEndpoint,
      active: taskNames(activeTasks),
      standby: taskNames(standbyTasks),
      warmup: taskNames(warmupTasks),
    })),
  };
}

function ofClassicGroup(group: GroupDescription): DescribedApplication {
  return {
    protocol: "classic",
    state: group.state,
    assignor: group.protocol,
    groupEpoch: undefined,
    topologyEpoch: undefined,
    subtopologies: undefined,
    members: readStreamsMembers(group).map(({ memberId, clientId, clientHost, processId, applicationServer, partitions, standbys }) => ({
      memberId,
      clientId,
      clientHost,
      processId,
      applicationServer,
      active: partitions.map(({ topic, partition }) => `${topic}-${partition}`),
      standby: standbys,
      warmup: [],
    })),
  };
}

function taskNames(tasks: readonly StreamsTasks[]): readonly string[] {
  return tasks.flatMap(({ subtopologyId, partitions }) => partitions.map((partition) => `${subtopologyId}_${partition}`));
}

/** The sub-topologies: as an instance tells them, else as the group does, else one of all that it reads. `read`: topics that the group has committed to. */
export function subtopologiesOf(
  { subtopologies }: Pick<DescribedApplication, "subtopologies">,
  told: ToldTopology | undefined,
  applicationId: string,
  own: ApplicationTopics,
  read: readonly string[],
): readonly Subtopology[] {
  if (told !== undefined)
    return told.subtopologies.map(({ id, isGlobal, nodes: bare, stores }) => {
      const nodes = bare.map((node) => ({ ...node, topics: node.topics.map((topic) => inCluster(topic, applicationId, own)) }));
      return {
        id: String(id),
        isGlobal,
        inputs: topicsOf(nodes, "source"),
        outputs: topicsOf(nodes, "sink"),
        stores: stores.map(({ name }) => name),
        graph: graphOfNodes(nodes),
      };
    });
  if (subtopologies !== undefined)
    return subtopologies.map(({ subtopologyId, sourceTopics, repartitionSourceTopics, repartitionSinkTopics, stateChangelogTopics }) => {
      const inputs = [...sourceTopics, ...repartitionSourceTopics];
      const stores = stateChangelogTopics.map((topic) => storeOf(applicationId, topic));
      const graph = graphOfTopics(`sub-topology ${subtopologyId}`, inputs, stores, repartitionSinkTopics);
      return { id: subtopologyId, isGlobal: false, inputs, outputs: repartitionSinkTopics, stores, graph };
    });
  const inputs = [...read].sort();
  const stores = own.changelogs.map((topic) => storeOf(applicationId, topic));
  const graph = graphOfTopics("the application", inputs, stores, own.repartitions);
  return [{ id: "all", isGlobal: false, inputs, outputs: own.repartitions, stores, graph }];
}

/** A topology calls the topics that it makes for itself without the application's name. */
function inCluster(topic: string, applicationId: string, { repartitions, subscriptions }: ApplicationTopics): string {
  const whole = `${applicationId}-${topic}`;
  return repartitions.includes(whole) || subscriptions.includes(whole) ? whole : topic;
}

/** The store of a changelog topic. */
function storeOf(applicationId: string, changelog: string): string {
  return changelog.startsWith(`${applicationId}-`) ? changelog.slice(applicationId.length + 1).replace(/-changelog$/, "") : changelog;
}

function topicsOf(nodes: readonly ToldNode[], kind: ToldNode["kind"]): readonly string[] {
  return [...new Set(nodes.filter((node) => node.kind === kind).flatMap(({ topics }) => topics))];
}
