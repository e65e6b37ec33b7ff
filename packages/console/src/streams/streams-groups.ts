import { STREAMS_PROTOCOLS } from "@ottla/streams/operate";
import type { TopicRow } from "../watch/topic-state.ts";
import type { ClusterWatch } from "../watch/cluster-watch.ts";
import type { GroupRow } from "../watch/group-watch.ts";

/** How topics are called that an application made for itself. */
const OWN_TOPIC = /-(?:changelog|repartition)$/;

/** Groups of streams applications: by their protocol, by their assignor once they were looked at, and by topics that are called after them. */
export function streamsGroups({ groups, topics }: ClusterWatch): readonly GroupRow[] {
  const named = namedBy(topics.rows());
  return groups
    .rows()
    .filter(
      ({ groupId, type, assignor }) =>
        type === "streams" || STREAMS_PROTOCOLS.has(assignor ?? "") || (type !== "share" && named.has(groupId)),
    );
}

/** The rows are made once for each look, and asked for with each page. */
const namedOfRows = new WeakMap<readonly TopicRow[], ReadonlySet<string>>();

/** What the owners of topics of applications may be called: each beginning of a name that a hyphen ends. */
function namedBy(rows: readonly TopicRow[]): ReadonlySet<string> {
  const known = namedOfRows.get(rows);
  if (known !== undefined) return known;
  const named = new Set<string>();
  for (const { name } of rows) {
    if (!OWN_TOPIC.test(name)) continue;
    for (let at = name.indexOf("-"); at > 0; at = name.indexOf("-", at + 1)) named.add(name.slice(0, at));
  }
  namedOfRows.set(rows, named);
  return named;
}
