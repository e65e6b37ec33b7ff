import { ErrorCode } from "@ottla/protocol";
import type { PartitionMetadata } from "../metadata/cluster-metadata.ts";
import { type Refusal, refused } from "./replica-assignment-rules.ts";

export const ElectionType = { PREFERRED: 0, UNCLEAN: 1 } as const;

export type Election = { readonly kind: "elected"; readonly leader: number } | Refusal;

/**
 * Who leads a partition after an election. Every replica whose node is up is in sync, so an unclean one is never needed.
 * Errors: UNKNOWN_TOPIC_OR_PARTITION, PREFERRED_LEADER_NOT_AVAILABLE, ELECTION_NOT_NEEDED.
 */
export function decideElection(partition: PartitionMetadata | undefined, electionType: number): Election {
  if (!partition) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no such partition.");
  const preferred = partition.replicas[0];
  if (electionType === ElectionType.PREFERRED && preferred !== undefined && !partition.isr.includes(preferred))
    return refused(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, "The preferred leader's broker is down.");
  if (electionType === ElectionType.UNCLEAN || preferred === undefined || partition.leader === preferred) {
    return refused(ErrorCode.ELECTION_NOT_NEEDED, "The partition has the leader it should have.");
  }
  return { kind: "elected", leader: preferred };
}
