import { type FetchRequest, makeFetchPartition, makeFetchRequest, makeFetchTopic, makeForgottenTopic } from "@ottla/protocol/apis/fetch";
import { groupByTopic } from "../topic-partition.ts";
import type { FetchTarget, SessionRequest } from "./fetch-session.ts";
import type { ResolvedConsumerOptions } from "./resolve-consumer-options.ts";

/** From this version on topics go by id. */
export const TOPIC_ID_VERSION = 13;
const SESSION_VERSION = 7;
const EPOCH_VERSION = 9;
const RACK_VERSION = 11;
const NO_SESSION_EPOCH = -1;

type FetchOptions = Pick<ResolvedConsumerOptions, "fetchMaxWaitMs" | "fetchMinBytes" | "fetchMaxBytes" | "isolationLevel">;

export function buildFetchRequest(version: number, session: SessionRequest, options: FetchOptions, rack: string | undefined): FetchRequest {
  const byId = version >= TOPIC_ID_VERSION;
  const topics = [...groupByTopic(session.send)].map(([topic, targets]) =>
    makeFetchTopic({
      ...(byId ? { topicId: targets[0]!.topicId } : { topic }),
      partitions: targets.map((target) => fetchPartition(version, target)),
    }),
  );
  const forgotten = [...groupByTopic(session.forget)].map(([topic, targets]) =>
    makeForgottenTopic({ ...(byId ? { topicId: targets[0]!.topicId } : { topic }), partitions: targets.map((target) => target.partition) }),
  );
  return makeFetchRequest({
    maxWaitMs: options.fetchMaxWaitMs,
    minBytes: options.fetchMinBytes,
    maxBytes: options.fetchMaxBytes,
    isolationLevel: options.isolationLevel === "read_committed" ? 1 : 0,
    ...(version >= SESSION_VERSION
      ? { sessionId: session.sessionId, sessionEpoch: session.sessionEpoch, forgottenTopicsData: forgotten }
      : {}),
    ...(version >= RACK_VERSION ? { rackId: rack ?? "" } : {}),
    topics,
  });
}

function fetchPartition(version: number, target: FetchTarget): ReturnType<typeof makeFetchPartition> {
  return makeFetchPartition({
    partition: target.partition,
    fetchOffset: target.fetchOffset,
    partitionMaxBytes: target.partitionMaxBytes,
    ...(version >= EPOCH_VERSION ? { currentLeaderEpoch: target.currentLeaderEpoch } : {}),
  });
}

/** Lets the broker forget a session at once rather than when it needs the slot. */
export function closeSessionRequest(sessionId: number): FetchRequest {
  return makeFetchRequest({ maxWaitMs: 0, minBytes: 0, maxBytes: 0, sessionId, sessionEpoch: NO_SESSION_EPOCH, topics: [] });
}
