import type { ConsumerGroup } from "./consumer-group.ts";
import type { ConsumerPart } from "./consumer-records.ts";

/** What removes all that the log has of a group, in Kafka's order; the group itself goes last. `renamed` members' records are under another id by then. */
export function groupTombstones(group: ConsumerGroup, renamed: ReadonlyMap<string, string> = new Map()): ConsumerPart[] {
  const memberIds = Array.from(group.members.keys(), (memberId) => renamed.get(memberId) ?? memberId);
  return [
    ...memberIds.map((memberId): ConsumerPart => ({ type: "current", memberId, value: null })),
    ...memberIds.map((memberId): ConsumerPart => ({ type: "target-member", memberId, value: null })),
    { type: "target", value: null },
    ...memberIds.map((memberId): ConsumerPart => ({ type: "member", memberId, value: null })),
    ...Array.from(group.subscriptions.resolved.keys(), (regex): ConsumerPart => ({ type: "regex", regex, value: null })),
    ...(group.hasPartitionMetadata ? [{ type: "partition-metadata", value: null } as const] : []),
    { type: "group", value: null },
  ];
}
