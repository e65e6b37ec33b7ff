import type { GroupMember } from "../assignor.ts";

/** Static members first, by instance id; then the others by member id. So a static member's place outlives its restarts. As Java's MemberInfo. */
export function compareMembers(a: GroupMember, b: GroupMember): number {
  if (a.groupInstanceId !== undefined && b.groupInstanceId !== undefined) return compareTexts(a.groupInstanceId, b.groupInstanceId);
  if (a.groupInstanceId !== undefined) return -1;
  if (b.groupInstanceId !== undefined) return 1;
  return compareTexts(a.memberId, b.memberId);
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Topics by name with the members that want them, both in a fixed order. */
export function subscribersOf(members: readonly GroupMember[]): Map<string, GroupMember[]> {
  const byTopic = new Map<string, GroupMember[]>();
  for (const member of members) {
    for (const topic of new Set(member.topics)) {
      const list = byTopic.get(topic);
      if (list) list.push(member);
      else byTopic.set(topic, [member]);
    }
  }
  return new Map([...byTopic].sort(([a], [b]) => compareTexts(a, b)));
}
