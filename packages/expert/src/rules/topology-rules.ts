import type { SubTopology, TopologyText } from "../lint/topology.ts";
import type { Hit, RuleFacts } from "./rule.ts";

/** What a rule met in a topology. */
interface TopologyHit extends Hit {
  readonly line: number;
}

/** A rule over what `Topology.describe()` prints. */
export interface TopologyRule extends RuleFacts {
  readonly check: (topology: TopologyText) => readonly TopologyHit[];
  /** Texts that make it speak, and the same made right. */
  readonly examples: readonly { readonly text: string; readonly hits: 0 | 1 }[];
}

const MADE = /^(?:KSTREAM|KTABLE|COGROUPKSTREAM)-[A-Z-]+-STATE-STORE-\d{10}/;

function isRepartition(topic: string): boolean {
  return topic.endsWith("-repartition");
}

/** A part that only reads one repartition topic and writes another. */
function relay(part: SubTopology): { readonly from: string; readonly to: string; readonly line: number } | undefined {
  const sources = part.nodes.filter(({ kind }) => kind === "source").flatMap(({ topics }) => topics);
  const sinks = part.nodes.filter(({ kind }) => kind === "sink");
  const hasState = part.nodes.some(({ stores }) => stores.length > 0);
  const to = sinks[0]?.topics[0];
  return !hasState && sources.length === 1 && sinks.length === 1 && to !== undefined && isRepartition(sources[0]!) && isRepartition(to)
    ? { from: sources[0]!, to, line: sinks[0]!.line }
    : undefined;
}

/** Rules over topologies by themselves. */
export const topologyRules: readonly TopologyRule[] = [
  {
    id: "STR-02",
    name: "unnamed-store",
    severity: "warning",
    confidence: "high",
    condition: "a store whose name is made of a number, in a topology's description",
    why: "An operator added before it gives it another number: its changelog is a new, empty topic after the next start, and nobody can query it by name.",
    fix: "Name it: Materialized.as(NAME), StreamJoined.as(NAME), Grouped.as(NAME).",
    source: "Apache Kafka documentation, naming of operators",
    check: ({ parts }) =>
      parts.flatMap(({ nodes }) =>
        nodes.flatMap(({ name, line, stores }) =>
          stores
            .filter((store) => MADE.test(store))
            .map((store) => ({ line, key: store, message: `The store of ${name} has no name of its own.`, evidence: store })),
        ),
      ),
    examples: [
      {
        text: "Topologies:\n   Sub-topology: 0\n    Source: S (topics: [a])\n    Processor: KSTREAM-AGGREGATE-0000000003 (stores: [KSTREAM-AGGREGATE-STATE-STORE-0000000002])\n",
        hits: 1,
      },
      {
        text: "Topologies:\n   Sub-topology: 0\n    Source: S (topics: [a])\n    Processor: KSTREAM-AGGREGATE-0000000003 (stores: [totals])\n",
        hits: 0,
      },
    ],
  },
  {
    id: "STR-13",
    name: "double-repartition",
    severity: "warning",
    confidence: "high",
    condition: "a part of a topology that reads a repartition topic and writes to another, without state between them",
    why: "Every record is written, copied and read once more for nothing.",
    fix: "Choose the key once, and group or join by it.",
    source: "Apache Kafka documentation, Streams DSL",
    check: ({ parts }) =>
      parts.flatMap((part) => {
        const found = relay(part);
        return found
          ? [
              {
                line: found.line,
                key: found.to,
                message: `What comes from ${found.from} is only sent on to ${found.to}.`,
                evidence: `Sub-topology ${part.number}`,
              },
            ]
          : [];
      }),
    examples: [
      {
        text: "Topologies:\n   Sub-topology: 1\n    Source: S (topics: [app-a-repartition])\n    Processor: M (stores: [])\n    Sink: K (topic: app-b-repartition)\n",
        hits: 1,
      },
      {
        text: "Topologies:\n   Sub-topology: 1\n    Source: S (topics: [app-a-repartition])\n    Processor: M (stores: [totals])\n    Sink: K (topic: app-b-repartition)\n",
        hits: 0,
      },
    ],
  },
];
