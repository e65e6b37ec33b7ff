import type { NodeNames } from "./node-names.ts";
import type { RepartitionNames } from "./repartition-node.ts";

const SUFFIX = "-repartition";

/** The names of a way through a topic, from a name that the user gave or that has a number. */
export function repartitionNames(names: NodeNames, prefix: string): RepartitionNames {
  const topic = prefix.endsWith(SUFFIX) ? prefix : prefix + SUFFIX;
  const sink = names.node("KSTREAM-SINK-");
  const filter = names.node("KSTREAM-FILTER-");
  const source = names.node("KSTREAM-SOURCE-");
  if (/^KSTREAM.*-[0-9]{10}$/.test(prefix)) return { topic, filter, sink, source };
  return { topic, filter: `${topic}-filter`, sink: `${topic}-sink`, source: `${topic}-source` };
}
