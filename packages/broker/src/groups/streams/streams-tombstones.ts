import type { StreamsGroup } from "./streams-group.ts";
import type { StreamsPart } from "./streams-records.ts";

/** What removes all that the log has of a group, in Kafka's order. */
export function streamsTombstones(group: StreamsGroup): StreamsPart[] {
  const memberIds = [...group.members.keys()];
  return [
    ...memberIds.map((memberId): StreamsPart => ({ type: "current", memberId, value: null })),
    ...memberIds.map((memberId): StreamsPart => ({ type: "target-member", memberId, value: null })),
    { type: "target", value: null },
    ...memberIds.map((memberId): StreamsPart => ({ type: "member", memberId, value: null })),
    { type: "group", value: null },
    { type: "topology", value: null },
  ];
}
