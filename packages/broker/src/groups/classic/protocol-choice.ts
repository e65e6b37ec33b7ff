import { invariant } from "@ottla/base";
import type { ClassicGroup } from "./classic-group.ts";
import type { MemberProtocol } from "./member-table.ts";

/** Whether a member that offers these protocols can take part: the type fits and all present members share one of them. */
export function canJoinWith(group: ClassicGroup, protocolType: string, protocols: readonly MemberProtocol[]): boolean {
  if (group.state === "Empty") return protocolType !== "" && protocols.length > 0;
  return group.protocolType === protocolType && protocols.some((protocol) => group.members.isOfferedByAll(protocol.name));
}

/** The protocol of the next generation: each member votes for the first on its list that all support; most votes win, ties go to the first named. */
export function chooseProtocol(group: ClassicGroup): string {
  const votes = new Map<string, number>();
  const isOfferedByAll = ({ name }: MemberProtocol): boolean => group.members.isOfferedByAll(name);
  group.members.forEach(({ protocols }) => {
    const choice = protocols.find(isOfferedByAll);
    invariant(choice, `The members of group "${group.groupId}" share no protocol.`);
    votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1);
  });
  let winner: string | undefined;
  let winnerVotes = 0;
  for (const [name, count] of votes) {
    if (count > winnerVotes) [winner, winnerVotes] = [name, count];
  }
  invariant(winner !== undefined, `Group "${group.groupId}" has no member to choose a protocol.`);
  return winner;
}

/** Whether a re-join offers exactly what the member offered before, in the same order. */
export function isSameOffer(one: readonly MemberProtocol[], other: readonly MemberProtocol[]): boolean {
  return (
    one === other ||
    (one.length === other.length &&
      one.every((protocol, i) => {
        const counterpart = other[i];
        return counterpart?.name === protocol.name && counterpart.metadata.equals(protocol.metadata);
      }))
  );
}
