import type { Part, StorePart } from "./parts.ts";
import type { TopologyBuilder } from "./topology-builder.ts";

/** A topology as plain data, for viewers. */
export interface TopologyJson {
  readonly subtopologies: readonly SubtopologyJson[];
}

/** Nodes that run in the same task. */
export interface SubtopologyJson {
  readonly id: number;
  /** A global store's nodes: no task runs them. */
  readonly isGlobal: boolean;
  readonly nodes: readonly NodeJson[];
  readonly stores: readonly StoreJson[];
}

/** A source, processor or sink. */
export interface NodeJson {
  readonly name: string;
  readonly kind: "source" | "processor" | "sink";
  readonly predecessors: readonly string[];
  readonly successors: readonly string[];
  /** What a source reads, or the one topic that a sink writes; none when a function chooses it. */
  readonly topics: readonly string[];
  readonly pattern?: string;
  readonly stores: readonly string[];
}

/** A state store. */
export interface StoreJson {
  readonly name: string;
  readonly kind: string;
  readonly hasChangelog: boolean;
  /** Its changelog is this topic, which it is filled from: a global or read-only store's, or a table's that is not written twice. */
  readonly sourceTopic?: string;
}

/** All of a topology as data. */
export function topologyJson(builder: TopologyBuilder): TopologyJson {
  const successors = new Map<string, string[]>();
  for (const part of builder.parts.values()) {
    for (const predecessor of part.predecessors) successors.set(predecessor, [...(successors.get(predecessor) ?? []), part.name]);
  }
  return {
    subtopologies: builder.nodeGroups().map((names, id) => {
      const parts = names.map((name) => builder.parts.get(name)).filter((part) => part !== undefined);
      const stores = new Set(parts.flatMap((part) => (part.kind === "processor" ? [...part.stores] : [])));
      return {
        id,
        isGlobal: names.some((name) => builder.isGlobalSource(name)),
        nodes: parts.map((part) => nodeJson(part, successors.get(part.name) ?? [])),
        stores: [...stores].flatMap((name) => {
          const store = builder.stores.get(name);
          return store === undefined ? [] : [storeJson(name, store)];
        }),
      };
    }),
  };
}

function storeJson(name: string, { builder: { kind, logging }, sourceTopic }: StorePart): StoreJson {
  return { name, kind, hasChangelog: logging || sourceTopic !== undefined, ...(sourceTopic === undefined ? {} : { sourceTopic }) };
}

function nodeJson(part: Part, successors: readonly string[]): NodeJson {
  const topics = part.kind === "source" ? part.topics : part.kind === "sink" && typeof part.topic === "string" ? [part.topic] : [];
  return {
    name: part.name,
    kind: part.kind,
    predecessors: part.predecessors,
    successors,
    topics,
    ...(part.kind === "source" && part.pattern !== undefined ? { pattern: part.pattern.source } : {}),
    stores: part.kind === "processor" ? [...part.stores] : [],
  };
}

/** The text of a Mermaid flowchart: sub-topologies as frames, topics as queues, stores as cylinders. */
export function topologyMermaid(topology: TopologyJson): string {
  const ids = new Ids();
  const lines = ["flowchart TD"];
  for (const { id, isGlobal, nodes, stores } of topology.subtopologies) {
    lines.push(`  subgraph s${id}["${isGlobal ? "global store" : `sub-topology ${id}`}"]`);
    for (const node of nodes) lines.push(`    ${ids.of("n", node.name)}["${quoted(node.name)}"]`);
    for (const store of stores) lines.push(`    ${ids.of("s", store.name)}[("${quoted(store.name)}")]`);
    lines.push("  end");
  }
  for (const topic of topicsOf(topology)) lines.push(`  ${ids.of("t", topic)}[/"${quoted(topic)}"/]`);
  for (const [from, to, isStore] of arrows(topology, ids)) lines.push(`  ${from} ${isStore ? "-.-" : "-->"} ${to}`);
  return `${lines.join("\n")}\n`;
}

/** The same in Graphviz's language. */
export function topologyDot(topology: TopologyJson): string {
  const ids = new Ids();
  const lines = ["digraph topology {", "  rankdir=TB; node [shape=box];"];
  for (const { id, isGlobal, nodes, stores } of topology.subtopologies) {
    lines.push(`  subgraph cluster_${id} {`, `    label="${isGlobal ? "global store" : `sub-topology ${id}`}";`);
    for (const node of nodes) lines.push(`    ${ids.of("n", node.name)} [label="${escaped(node.name)}"];`);
    for (const store of stores) lines.push(`    ${ids.of("s", store.name)} [label="${escaped(store.name)}" shape=cylinder];`);
    lines.push("  }");
  }
  for (const topic of topicsOf(topology)) lines.push(`  ${ids.of("t", topic)} [label="${escaped(topic)}" shape=cds];`);
  for (const [from, to, isStore] of arrows(topology, ids)) lines.push(`  ${from} -> ${to}${isStore ? " [dir=none style=dashed]" : ""};`);
  return `${lines.join("\n")}\n}\n`;
}

class Ids {
  readonly #ids = new Map<string, string>();

  of(kind: string, name: string): string {
    const known = this.#ids.get(`${kind} ${name}`);
    if (known !== undefined) return known;
    const id = `${kind}_${this.#ids.size}`;
    this.#ids.set(`${kind} ${name}`, id);
    return id;
  }
}

function topicsOf({ subtopologies }: TopologyJson): Set<string> {
  return new Set(subtopologies.flatMap(({ nodes }) => nodes.flatMap(shownTopics)));
}

/** What stands for the topics of a node in a picture: a pattern's cannot be known, nor those that a function chooses. */
function shownTopics({ kind, topics, pattern }: NodeJson): readonly string[] {
  if (pattern !== undefined) return [`topics like ${pattern}`];
  return kind === "sink" && topics.length === 0 ? ["a topic chosen by record"] : topics;
}

function arrows({ subtopologies }: TopologyJson, ids: Ids): [from: string, to: string, isStore: boolean][] {
  return subtopologies.flatMap(({ nodes }) =>
    nodes.flatMap((node): [string, string, boolean][] => {
      const self = ids.of("n", node.name);
      return [
        ...shownTopics(node).map((topic): [string, string, boolean] =>
          node.kind === "source" ? [ids.of("t", topic), self, false] : [self, ids.of("t", topic), false],
        ),
        ...node.successors.map((successor): [string, string, boolean] => [self, ids.of("n", successor), false]),
        ...node.stores.map((store): [string, string, boolean] => [self, ids.of("s", store), true]),
      ];
    }),
  );
}

function quoted(text: string): string {
  // Viewers take labels for HTML.
  return text.replaceAll("#", "#35;").replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;");
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}
