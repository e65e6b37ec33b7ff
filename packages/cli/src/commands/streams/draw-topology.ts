import { printable } from "@ottla/base";
import type { NodeJson, StoreJson, SubtopologyJson, TopologyJson } from "@ottla/streams";
import { grouped } from "../../output.ts";
import type { TextStyle } from "../../text-style.ts";
import { placeOf, type TopologyFlow } from "./topology-flow.ts";

/** Each sub-topology as trees that grow from its sources. A node with several predecessors is drawn below the first, and named below the others. Of a running one with what goes through, and what waits. */
export function drawTopology({ subtopologies }: TopologyJson, style: TextStyle, flow?: TopologyFlow): string {
  return subtopologies.map((each) => drawSubtopology(each, style, flow)).join("\n");
}

function drawSubtopology({ id, isGlobal, nodes, stores }: SubtopologyJson, style: TextStyle, flow: TopologyFlow | undefined): string {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const kinds = new Map(stores.map((store) => [store.name, kindOf(store)]));
  const tasks = flow?.tasks.get(id) ?? 0;
  const ran = flow === undefined || isGlobal ? "" : `, ${tasks === 0 ? "no task" : tasks === 1 ? "1 task" : `${tasks} tasks`}`;
  const lines = [style.bold(`Sub-topology ${id}${isGlobal ? ", global: each instance has it whole" : ran}`)];
  const drawn = new Set<string>();

  const draw = (node: NodeJson, first: string, rest: string): void => {
    if (drawn.has(node.name)) {
      lines.push(`${first}${printable(node.name)} ${style.dim("(above)")}`);
      return;
    }
    drawn.add(node.name);
    lines.push(`${first}${textOf(node, kinds, style)}${flow === undefined ? "" : style.dim(flowText(node, flow))}`);
    const successors = node.successors.flatMap((name) => byName.get(name) ?? []);
    successors.forEach((successor, index) => {
      const isLast = index === successors.length - 1;
      draw(successor, `${rest}${isLast ? "└─ " : "├─ "}`, `${rest}${isLast ? "   " : "│  "}`);
    });
  };
  for (const node of nodes) if (node.predecessors.length === 0) draw(node, "  ", "  ");
  return `${lines.join("\n")}\n`;
}

function kindOf({ kind, hasChangelog, sourceTopic }: StoreJson): string {
  return `${kind}${sourceTopic !== undefined ? `, filled from ${printable(sourceTopic)}` : hasChangelog ? ", changelog" : ""}`;
}

function textOf({ name, kind, topics, pattern, stores }: NodeJson, kinds: ReadonlyMap<string, string>, style: TextStyle): string {
  const node = printable(name);
  const said = printable(topics.join(", "));
  if (kind === "source") return `${pattern === undefined ? said : `topics like ${printable(pattern)}`} → ${style.dim(node)}`;
  if (kind === "sink") return `${style.dim(node)} → ${topics.length > 0 ? said : "a topic chosen by record"}`;
  return [node, ...stores.map((store) => `[${printable(store)}: ${kinds.get(store) ?? "store"}]`)].join("  ");
}

/** What a source reads and a sink writes a second, and what of the former waits. */
function flowText({ name, kind, topics }: NodeJson, flow: TopologyFlow): string {
  if (kind === "processor") return "";
  const at = [...flow.rates].filter(([place]) => place.startsWith(placeOf(name, "")));
  const perS = at.reduce((sum, [, rate]) => sum + rate, 0);
  const seen = topics.flatMap((topic) => flow.lags.get(topic) ?? flow.lags.get(`${flow.applicationId}-${topic}`) ?? []);
  const lag = kind === "sink" || seen.length === 0 ? "" : `, lag ${grouped(seen.reduce((sum, each) => sum + each, 0))}`;
  return `  ${perS > 0 && perS < 10 ? perS.toFixed(1) : grouped(Math.round(perS))}/s${lag}`;
}
