import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import type { FetchRequest } from "@ottla/protocol/apis/fetch";
import type { RequestContext } from "../handler.ts";
import type { TopicMetadata } from "../metadata/cluster-metadata.ts";
import { type FetchSession, type SessionPartition, epochAfter, sessionKey } from "./fetch-sessions.ts";

const FINAL_EPOCH = -1;
const INITIAL_EPOCH = 0;

/** Topic ids instead of names. */
const TOPIC_IDS_FROM_VERSION = 13;

/**
 * What one Fetch request asks for, after its session has been looked at.
 * `session` is absent when the client wants none, or there was no room.
 */
export type FetchAsk =
  | { readonly kind: "refused"; readonly errorCode: number }
  | { readonly kind: "full"; readonly session: FetchSession | undefined; readonly targets: readonly SessionPartition[] }
  | { readonly kind: "incremental"; readonly session: FetchSession; readonly targets: readonly SessionPartition[] };

/** Resolves the session rules of KIP-227 (trap D4). Changes the session by what the request adds and forgets. */
export function resolveFetch(context: RequestContext, request: FetchRequest): FetchAsk {
  const { fetchSessions } = context.broker;
  const { sessionId, sessionEpoch } = request;
  const usesTopicIds = context.version >= TOPIC_IDS_FROM_VERSION;
  if (sessionEpoch === FINAL_EPOCH || sessionEpoch === INITIAL_EPOCH) {
    if (sessionId !== 0) fetchSessions.close(sessionId);
    const targets = askedPartitions(context, request);
    const session = sessionEpoch === INITIAL_EPOCH && context.version >= 7 ? fetchSessions.create(usesTopicIds, targets) : undefined;
    return { kind: "full", session, targets };
  }
  const session = fetchSessions.use(sessionId);
  if (!session) return { kind: "refused", errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND };
  if (session.nextEpoch !== sessionEpoch) return { kind: "refused", errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH };
  if (session.usesTopicIds !== usesTopicIds) return { kind: "refused", errorCode: ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR };
  updateSession(session, context, request);
  session.nextEpoch = epochAfter(session.nextEpoch);
  return { kind: "incremental", session, targets: [...session.partitions.values()] };
}

function updateSession(session: FetchSession, context: RequestContext, request: FetchRequest): void {
  for (const asked of askedPartitions(context, request)) {
    const key = sessionKey(session.usesTopicIds, asked.topic, asked.topicId, asked.index);
    const known = session.partitions.get(key);
    if (!known) {
      session.partitions.set(key, asked);
      continue;
    }
    known.fetchOffset = asked.fetchOffset;
    known.maxBytes = asked.maxBytes;
    known.currentLeaderEpoch = asked.currentLeaderEpoch;
    known.lastFetchedEpoch = asked.lastFetchedEpoch;
  }
  for (const { topic, topicId, partitions } of request.forgottenTopicsData) {
    for (const index of partitions) session.partitions.delete(sessionKey(session.usesTopicIds, topic, topicId, index));
  }
}

function askedPartitions(context: RequestContext, request: FetchRequest): SessionPartition[] {
  const { metadata } = context.broker;
  const byId = context.version >= TOPIC_IDS_FROM_VERSION;
  const asked: SessionPartition[] = [];
  for (const { topic: name, topicId, partitions } of request.topics) {
    const topic: TopicMetadata | undefined = byId ? metadata.topicById(topicId) : metadata.topic(name);
    for (const partition of partitions) {
      asked.push({
        topic: topic?.name ?? name,
        topicId: byId ? topicId : NIL_UUID,
        index: partition.partition,
        fetchOffset: partition.fetchOffset,
        maxBytes: partition.partitionMaxBytes,
        currentLeaderEpoch: partition.currentLeaderEpoch,
        lastFetchedEpoch: partition.lastFetchedEpoch,
        sentHighWatermark: -1,
        sentLogStartOffset: -1,
      });
    }
  }
  return asked;
}
