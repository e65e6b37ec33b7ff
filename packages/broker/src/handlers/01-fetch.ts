// Fetch v4-18. KIP-74 (limits), KIP-227 (v7: sessions), KIP-320 (v9: leader epochs), zstd from v10, KIP-595 (v12: divergence), KIP-516 (v13: topic ids),
// KIP-903 (v15), KIP-951 (v16: new leader named), v17 directory id, v18 high watermark: the last two concern followers, which do not exist here.
import { ErrorCode } from "@ottla/protocol";
import {
  type FetchableTopicResponse,
  type FetchRequest,
  type FetchResponse,
  fetchApi,
  makeAbortedTransaction,
  makeEpochEndOffset,
  makeFetchableTopicResponse,
  makeFetchResponse,
  makeLeaderIdAndEpoch,
  makeNodeEndpoint,
  makePartitionData,
  type PartitionData,
} from "@ottla/protocol/apis/fetch";
import { type FetchAsk, resolveFetch } from "../fetch/fetch-target.ts";
import { type FetchRead, type PartitionRead, readTargets } from "../fetch/fetch-read.ts";
import { sessionKey } from "../fetch/fetch-sessions.ts";
import { awaitBytes } from "../fetch/fetch-wait.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { newLeaderHint, nodeEndpoints } from "../partitions/new-leader-hint.ts";

const NEW_LEADER_FROM_VERSION = 16;
const READ_COMMITTED = 1;

export const fetchHandler: Handler<FetchRequest, FetchResponse> = {
  api: fetchApi,
  minVersion: 4,
  maxVersion: 18,
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle(context, request) {
    const ask = resolveFetch(context, request);
    if (ask.kind === "refused") return makeFetchResponse({ errorCode: ask.errorCode });
    const limits = {
      maxBytes: Math.min(
        request.maxBytes,
        context.broker.config.number("fetch.max.bytes"),
        context.broker.config.number("ottla.fetch.response.max.bytes"),
      ),
      readCommitted: request.isolationLevel === READ_COMMITTED,
    };
    const first = readTargets(context, ask.targets, limits);
    if (!(first instanceof Promise) && isEnough(first, request, ask)) return respond(context, ask, first);
    return longPoll(context, request, ask, first, limits);
  },
};

async function longPoll(
  context: RequestContext,
  request: FetchRequest,
  ask: Exclude<FetchAsk, { kind: "refused" }>,
  first: FetchRead | Promise<FetchRead>,
  limits: Parameters<typeof readTargets>[2],
): Promise<FetchResponse> {
  const { clock, stopping } = context.broker;
  const deadlineMs = clock.monotonicMs() + request.maxWaitMs;
  let read = await first;
  while (!isEnough(read, request, ask) && !stopping.aborted) {
    const leftMs = deadlineMs - clock.monotonicMs();
    if (leftMs <= 0) break;
    const partitions = read.reads.flatMap(({ partition }) => (partition ? [partition] : []));
    await awaitBytes(clock, partitions, request.minBytes - read.sizeBytes, leftMs);
    read = await readTargets(context, ask.targets, limits);
  }
  return respond(context, ask, read);
}

function isEnough(read: FetchRead, request: FetchRequest, ask: FetchAsk): boolean {
  return (
    read.sizeBytes >= request.minBytes || read.isUrgent || request.maxWaitMs <= 0 || (ask.kind !== "refused" && ask.targets.length === 0)
  );
}

function respond(context: RequestContext, ask: Exclude<FetchAsk, { kind: "refused" }>, read: FetchRead): FetchResponse {
  const topics: FetchableTopicResponse[] = [];
  let partitions: PartitionData[] = [];
  let last: PartitionRead["target"] | undefined;
  const movedTo = new Set<number>();
  for (const one of read.reads) {
    if (ask.kind === "incremental" && !isNews(one)) continue;
    remember(ask, one);
    const { topic, topicId } = one.target;
    if (!last || last.topic !== topic || last.topicId !== topicId) {
      partitions = [];
      topics.push(makeFetchableTopicResponse({ topic, topicId, partitions }));
      last = one.target;
    }
    partitions.push(partitionData(context, one, movedTo));
  }
  return makeFetchResponse({
    sessionId: ask.session?.sessionId ?? 0,
    responses: topics,
    nodeEndpoints: nodeEndpoints(context, movedTo).map(makeNodeEndpoint),
  });
}

/** An incremental answer names only partitions with something new (trap D4). */
function isNews(read: PartitionRead): boolean {
  const { target } = read;
  if (read.sizeBytes > 0 || read.errorCode !== ErrorCode.NONE || read.diverging) return true;
  return read.highWatermark !== target.sentHighWatermark || read.logStartOffset !== target.sentLogStartOffset;
}

/** Keeps what the client now knows; who gave data goes behind the others, so that no partition starves. */
function remember(ask: Exclude<FetchAsk, { kind: "refused" }>, read: PartitionRead): void {
  const { session } = ask;
  if (!session) return;
  const { target } = read;
  // After an error the next answer must name the partition again.
  target.sentHighWatermark = read.errorCode === ErrorCode.NONE ? read.highWatermark : -1;
  target.sentLogStartOffset = read.logStartOffset;
  if (read.sizeBytes === 0) return;
  const key = sessionKey(session.usesTopicIds, target.topic, target.topicId, target.index);
  if (session.partitions.delete(key)) session.partitions.set(key, target);
}

function partitionData(context: RequestContext, read: PartitionRead, movedTo: Set<number>): PartitionData {
  const hint =
    read.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || read.errorCode === ErrorCode.FENCED_LEADER_EPOCH
      ? newLeaderHint(context, NEW_LEADER_FROM_VERSION, read.target, movedTo)
      : undefined;
  return makePartitionData({
    partitionIndex: read.target.index,
    errorCode: read.errorCode,
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    abortedTransactions: read.aborted?.map(makeAbortedTransaction) ?? null,
    records: read.records,
    ...(read.diverging && { divergingEpoch: makeEpochEndOffset(read.diverging) }),
    ...(hint && { currentLeader: makeLeaderIdAndEpoch(hint) }),
  });
}
