import { ErrorCode } from "@ottla/protocol";

/** A fenced producer's error code: versions before `since` know PRODUCER_FENCED by an older name. Source: KIP-588. */
export function fencedBefore(since: number, version: number, errorCode: number): number {
  return version < since && errorCode === ErrorCode.PRODUCER_FENCED ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;
}
