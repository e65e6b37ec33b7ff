import { ErrorCode } from "@ottla/protocol";
import type { ClassicGroup } from "./classic-group.ts";

/**
 * Whether a request speaks for a present member: NONE, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID when its instance id has passed to another
 * member id.
 */
export function checkMember(group: ClassicGroup, memberId: string, groupInstanceId: string | null): number {
  const member = group.members.get(memberId);
  if (groupInstanceId !== null && member?.groupInstanceId !== groupInstanceId) {
    return group.members.staticMember(groupInstanceId) ? ErrorCode.FENCED_INSTANCE_ID : ErrorCode.UNKNOWN_MEMBER_ID;
  }
  return member ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
}

/** As {@link checkMember}, and of the current generation: else ILLEGAL_GENERATION. */
export function checkGeneration(group: ClassicGroup, memberId: string, groupInstanceId: string | null, generationId: number): number {
  const errorCode = checkMember(group, memberId, groupInstanceId);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  return generationId === group.generationId ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
}
