import type { SubTopology, TopologyNode } from "../topology.ts";
import { NOTHING, type ReadFile, type SourceFile } from "./source-file.ts";

/** Reads what `Topology.describe()` prints. Other texts are none of Kafka's. */
export function readTopologyFile({ path, text }: SourceFile): ReadFile {
  if (!/^\s*Topolog(?:y|ies)/m.test(text) || !/Sub-topology:\s*\d/.test(text)) return NOTHING;
  const parts: { number: number; line: number; nodes: TopologyNode[] }[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const number = /Sub-topology:\s*(\d+)/.exec(line)?.[1];
    if (number !== undefined) parts.push({ number: Number(number), line: i + 1, nodes: [] });
    const node = nodeOf(line, i + 1);
    if (node) parts.at(-1)?.nodes.push(node);
  }
  const topology = { file: path, parts: parts satisfies readonly SubTopology[] };
  return { ...NOTHING, topologies: [topology] };
}

function nodeOf(line: string, at: number): TopologyNode | undefined {
  const [, kind, name, attribute, words] =
    /^\s*(Source|Processor|Sink):\s+(\S+)(?:\s+\((topics?|stores):\s*\[?([^\])]*)\]?\))?/.exec(line) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const listed = (words ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  return {
    kind: kind.toLowerCase() as TopologyNode["kind"],
    name,
    line: at,
    topics: attribute?.startsWith("topic") ? listed : [],
    stores: attribute === "stores" ? listed : [],
  };
}
