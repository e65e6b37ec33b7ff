import { ErrorCode, errorInfo } from "@ottla/protocol";
import { makeForgottenTopic, makeShareFetchRequest, type ShareFetchRequest } from "@ottla/protocol/apis/share-fetch";
import { makeShareAcknowledgeRequest, type ShareAcknowledgeRequest } from "@ottla/protocol/apis/share-acknowledge";
import type { SessionRequest } from "./leader-session.ts";
import type { ResolvedShareOptions } from "./resolve-share-options.ts";

/** From here on a fetch can be held to a number of records, and locks can be renewed. */
export const RENEW_VERSION = 2;

const RECORD_LIMIT_MODE = 1;

/** Who asks. */
export interface Asker {
  readonly groupId: string;
  readonly memberId: string;
}

export function fetchRequest(
  asker: Asker,
  version: number,
  { shareSessionEpoch, topics, forgotten }: SessionRequest,
  options: ResolvedShareOptions,
  maxRecords: number,
  maxWaitMs: number,
): ShareFetchRequest {
  return makeShareFetchRequest({
    ...asker,
    shareSessionEpoch,
    topics,
    maxWaitMs,
    minBytes: options.fetchMinBytes,
    maxBytes: options.fetchMaxBytes,
    maxRecords,
    batchSize: maxRecords,
    ...(version >= RENEW_VERSION && options.acquireMode === "recordLimit" ? { shareAcquireMode: RECORD_LIMIT_MODE } : {}),
    forgottenTopicsData: [...forgotten].map(([topicId, partitions]) => makeForgottenTopic({ topicId, partitions })),
  });
}

export function acknowledgeRequest(
  asker: Asker,
  { shareSessionEpoch, topics }: SessionRequest,
  isRenewAck: boolean,
): ShareAcknowledgeRequest {
  return makeShareAcknowledgeRequest({ ...asker, shareSessionEpoch, topics, ...(isRenewAck ? { isRenewAck } : {}) });
}

/** What an error of one partition means for its reading. */
export type PartitionTrouble =
  /** Another broker leads it, or the topic is gone: what was locked is not any more. */
  | "moved"
  /** Later, or never; the application has to hear of it in the latter case. */
  | "later"
  | "told";

export function partitionTrouble(errorCode: number): PartitionTrouble {
  switch (errorCode) {
    case ErrorCode.NOT_LEADER_OR_FOLLOWER:
    case ErrorCode.FENCED_LEADER_EPOCH:
    case ErrorCode.UNKNOWN_TOPIC_ID:
    case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode.INCONSISTENT_TOPIC_ID:
      return "moved";
    case ErrorCode.UNKNOWN_SERVER_ERROR:
      return "later";
    default:
      return errorInfo(errorCode).retriable ? "later" : "told";
  }
}

/** Whether an error of a whole answer says no more than that there is no such session: the next request opens another one. */
export function isSessionTrouble(errorCode: number): boolean {
  return (
    errorCode === ErrorCode.SHARE_SESSION_NOT_FOUND ||
    errorCode === ErrorCode.INVALID_SHARE_SESSION_EPOCH ||
    errorCode === ErrorCode.SHARE_SESSION_LIMIT_REACHED ||
    errorCode === ErrorCode.UNKNOWN_SERVER_ERROR ||
    errorInfo(errorCode).retriable
  );
}
