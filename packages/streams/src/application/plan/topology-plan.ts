import type { StoreBuilder } from "../../stores/store-builder.ts";
import type { OffsetReset, SourcePart } from "../../topology/parts.ts";
import type { TopologyBuilder } from "../../topology/topology-builder.ts";
import { StreamsError } from "../../streams-error.ts";
import { faultOf } from "../../topology/names.ts";
import { changelogTopicName, repartitionTopicName } from "../../topology/internal-topics.ts";

/** Where the changes of a store go, and where it is made again from. */
export interface Changelog {
  readonly store: string;
  readonly topic: string;
  /** The topic is not the application's own: it is read, and never written. */
  readonly isSource: boolean;
  readonly builder: StoreBuilder;
}

/** What runs together in one task for each partition. Topics by their names in the cluster. */
export interface Subtopology {
  /** As in `describe()`, and in names of tasks. */
  readonly id: number;
  readonly nodes: readonly string[];
  readonly sourceTopics: readonly string[];
  readonly sourcePatterns: readonly RegExp[];
  /** Topics of the application's own that it writes for other sub-topologies. */
  readonly repartitionSinks: readonly string[];
  readonly changelogs: readonly Changelog[];
}

/** What an application has to know of its topology before anything runs. Topics by their names in the cluster. */
export interface TopologyPlan {
  readonly applicationId: string;
  /** Those that have tasks. */
  readonly subtopologies: readonly Subtopology[];
  /** Nodes that fill global stores, and the topics that they read. */
  readonly global: { readonly nodes: readonly string[]; readonly topics: readonly string[] };
  /** With the number of partitions that the user asked for. */
  readonly repartitionTopics: ReadonlyMap<string, number | undefined>;
  /** Topics of each group must have equally many partitions. */
  readonly coPartitioned: readonly (readonly string[])[];
  /** Topics written to by name. */
  readonly sinkTopics: readonly string[];
  /** How a topic is read that nobody committed anything of. */
  readonly offsetResets: ReadonlyMap<string, OffsetReset>;
}

/** Reads a topology as the tasks of an application. */
export function planTopology(topology: TopologyBuilder, applicationId: string): TopologyPlan {
  const nameOf = (topic: string) => (topology.repartitionTopics.has(topic) ? repartitionTopicName(applicationId, topic) : topic);
  const partsOf = (nodes: readonly string[]) => nodes.flatMap((node) => topology.parts.get(node) ?? []);
  const sourcesOf = (nodes: readonly string[]) => partsOf(nodes).filter((part) => part.kind === "source");
  const namedSinks = (nodes: readonly string[]) =>
    partsOf(nodes).flatMap((part) => (part.kind === "sink" && typeof part.topic === "string" ? [part.topic] : []));
  const topicsOf = (sources: readonly SourcePart[]) => sources.flatMap(({ topics }) => topics.map(nameOf));
  const groups = topology.nodeGroups().map((nodes, id) => ({ id, nodes, isGlobal: nodes.some((node) => topology.isGlobalSource(node)) }));
  const globalNodes = groups.filter(({ isGlobal }) => isGlobal).flatMap(({ nodes }) => nodes);
  const all = [...topology.parts.values()];
  const plan: TopologyPlan = {
    applicationId,
    subtopologies: groups
      .filter(({ isGlobal }) => !isGlobal)
      .map(({ id, nodes }) => ({
        id,
        nodes,
        sourceTopics: topicsOf(sourcesOf(nodes)),
        sourcePatterns: sourcesOf(nodes).flatMap(({ pattern }) => pattern ?? []),
        repartitionSinks: namedSinks(nodes)
          .filter((topic) => topology.repartitionTopics.has(topic))
          .map(nameOf),
        changelogs: changelogsOf(topology, nodes, applicationId),
      })),
    global: { nodes: globalNodes, topics: topicsOf(sourcesOf(globalNodes)) },
    repartitionTopics: new Map([...topology.repartitionTopics.values()].map(({ name, partitions }) => [nameOf(name), partitions])),
    coPartitioned: topology.coPartitioned.map((sources) => topicsOf(sourcesOf([...sources]))),
    sinkTopics: [...new Set(namedSinks(all.map(({ name }) => name)).map(nameOf))],
    offsetResets: new Map(
      all.flatMap((part) =>
        part.kind === "source" && part.offsetReset !== undefined
          ? part.topics.map((topic) => [nameOf(topic), part.offsetReset!] as const)
          : [],
      ),
    ),
  };
  checkOwnNames(plan);
  return plan;
}

/** A broker would say of one that is too long that it is not allowed, and not which. */
function checkOwnNames({ applicationId, repartitionTopics, subtopologies }: TopologyPlan): void {
  const changelogs = subtopologies.flatMap((each) => each.changelogs).filter(({ isSource }) => !isSource);
  for (const name of [...repartitionTopics.keys(), ...changelogs.map(({ topic }) => topic)]) {
    const wrong = faultOf(name);
    if (wrong === undefined) continue;
    throw new StreamsError(
      "STREAMS_BAD_NAME",
      `Application ${applicationId} needs a topic called ${name}: ${wrong}. Give the application, or what the topic is for, a shorter name.`,
    );
  }
}

const readers = new WeakMap<TopologyPlan, ReadonlyMap<string, Subtopology>>();

/** Which sub-topology reads a topic. */
export function readerOf(plan: TopologyPlan, topic: string): Subtopology | undefined {
  let byTopic = readers.get(plan);
  if (byTopic === undefined) {
    byTopic = new Map(plan.subtopologies.toReversed().flatMap((each) => [...each.sourceTopics].map((name) => [name, each] as const)));
    readers.set(plan, byTopic);
  }
  return byTopic.get(topic) ?? plan.subtopologies.find(({ sourcePatterns }) => sourcePatterns.some((pattern) => isWhole(pattern, topic)));
}

const wholes = new WeakMap<RegExp, RegExp>();

/** As Java matches: the pattern stands for the whole name. */
export function isWhole(pattern: RegExp, topic: string): boolean {
  let whole = wholes.get(pattern);
  if (whole === undefined) {
    whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replaceAll(/[gy]/g, ""));
    wholes.set(pattern, whole);
  }
  return whole.test(topic);
}

function changelogsOf(topology: TopologyBuilder, nodes: readonly string[], applicationId: string): Changelog[] {
  const own = new Set(nodes);
  return [...topology.stores.values()]
    .filter(({ isGlobal, processors }) => !isGlobal && [...processors].some((processor) => own.has(processor)))
    .filter(({ builder, sourceTopic }) => builder.logging || sourceTopic !== undefined)
    .map(({ builder, sourceTopic }) => ({
      store: builder.name,
      topic: sourceTopic ?? changelogTopicName(applicationId, builder.name),
      isSource: sourceTopic !== undefined,
      builder,
    }));
}
