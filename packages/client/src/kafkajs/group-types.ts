import type { GroupDescription as ClientDescription } from "../admin/admin-types.ts";

/** A member of a group; the bytes are those of {@link AssignerProtocol}. */
export interface MemberDescription {
  clientHost: string;
  clientId: string;
  memberId: string;
  memberAssignment: Buffer;
  memberMetadata: Buffer;
}

/** As the broker names it. */
export type ConsumerGroupState = "Unknown" | "PreparingRebalance" | "CompletingRebalance" | "Stable" | "Dead" | "Empty";

/** A group and its members. */
export interface GroupDescription {
  groupId: string;
  members: MemberDescription[];
  protocol: string;
  protocolType: string;
  state: ConsumerGroupState;
}

/** A group as kafkajs shows it. */
export function toGroupDescription({
  groupId,
  members,
  protocol,
  protocolType,
  state,
}: ClientDescription): GroupDescription & { errorCode: number } {
  return {
    errorCode: 0,
    groupId,
    protocol,
    protocolType,
    state: state as ConsumerGroupState,
    members: members.map(({ clientHost, clientId, memberId, rawAssignment, rawMetadata }) => ({
      clientHost,
      clientId,
      memberId,
      memberAssignment: rawAssignment,
      memberMetadata: rawMetadata,
    })),
  };
}

/** What a group that does not exist is shown as. */
export function deadGroup(groupId: string): GroupDescription & { errorCode: number } {
  return { errorCode: 0, groupId, members: [], protocol: "", protocolType: "", state: "Dead" };
}
