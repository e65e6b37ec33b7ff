import { STREAMS_PROTOCOLS } from "@ottla/streams/operate";
import type { ClusterWatch } from "../watch/cluster-watch.ts";
import type { GroupRow } from "../watch/group-watch.ts";

/** How topics are called that an application made for itself. */
const OWN_TOPIC = /-(?:changelog|repartition)$/;

/** Groups of streams applications: by their protocol, by their assignor once they were looked at, and by topics that are called after them. */
export function streamsGroups({ groups, topics }: ClusterWatch): readonly GroupRow[] {
  const named = new Set<string>();
  for (const { name } of topics.rows()) {
    if (!OWN_TOPIC.test(name)) continue;
    for (let at = name.indexOf("-"); at > 0; at = name.indexOf("-", at + 1)) named.add(name.slice(0, at));
  }
  return groups
    .rows()
    .filter(
      ({ groupId, type, assignor }) =>
        type === "streams" || STREAMS_PROTOCOLS.has(assignor ?? "") || (type !== "share" && named.has(groupId)),
    );
}
