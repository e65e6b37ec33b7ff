// Fetch v4-18. KIP-74 (limits), KIP-227 (v7: sessions), KIP-320 (v9: leader epochs), zstd from v10, KIP-595 (v12: divergence), KIP-516 (v13: topic ids),
// KIP-903 (v15), KIP-951 (v16: new leader named), v17 directory id, v18 high watermark: the last two concern followers, which do not exist here.
import { type Clock, TimeSlice } from "@ottla/base";
import { CLUSTER_NAME, ErrorCode, NIL_UUID } from "@ottla/protocol";
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
import type { FetchAnswer, FetchAsk, ReadAccess } from "../fetch/fetches.ts";
import type { AskedPartition } from "../fetch/fetched-partition.ts";
import type { PartitionRead } from "../fetch/partition-read.ts";
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { newLeaderHint, nodeEndpoints } from "../partitions/new-leader-hint.ts";

const SESSIONS_FROM_VERSION = 7;
const TOPIC_IDS_FROM_VERSION = 13;
const NEW_LEADER_FROM_VERSION = 16;
const READ_COMMITTED = 1;
const NO_EPOCH = -1;

const MAY_READ = need("READ", "TOPIC", "each topic", { note: "a session's partitions are asked for again when ACLs change" });
const IS_BROKER = need("CLUSTER_ACTION", "CLUSTER", "the cluster", {
  errorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  note: "of replicas, which nothing else is asked of",
});

export const fetchHandler: Handler<FetchRequest, FetchResponse> = {
  api: fetchApi,
  minVersion: 4,
  maxVersion: 18,
  authorisation: { needs: [MAY_READ, IS_BROKER] },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  handle(context, request) {
    const { closed, memory } = context.session;
    const answer = context.broker.fetches.fetch(askOf(context, request), {
      lookup: context,
      closed,
      memory,
      reading: readingOf(context, request),
    });
    if (answer instanceof Promise) return answer.then((settled) => settled && respond(context, settled));
    return respond(context, answer);
  },
};

/** Where there is an authorizer: what the client may read, and until when that holds. */
function readingOf({ access, broker }: RequestContext, { replicaId, replicaState }: FetchRequest): ReadAccess | undefined {
  if (broker.access === undefined) return undefined;
  const isReplica = replicaId >= 0 || replicaState.replicaId >= 0;
  const mayRead = (topic: string): boolean => (isReplica ? isMet(access, IS_BROKER, CLUSTER_NAME) : isMet(access, MAY_READ, topic));
  return { mayRead, holder: access.holder, epoch: access.epoch };
}

function askOf(context: RequestContext, request: FetchRequest): FetchAsk {
  const { config, quotas } = context.broker;
  const usesTopicIds = context.version >= TOPIC_IDS_FROM_VERSION;
  const named = ({ topic, topicId }: { topic: string; topicId: string }) =>
    usesTopicIds ? { topic: "", topicId } : { topic, topicId: NIL_UUID };
  const { sessionId, sessionEpoch, maxWaitMs, minBytes, maxBytes, isolationLevel } = request;
  const partitions: AskedPartition[] = [];
  for (const topic of request.topics) {
    const name = named(topic);
    for (const { partition: index, fetchOffset, partitionMaxBytes: maxBytes, currentLeaderEpoch, lastFetchedEpoch } of topic.partitions) {
      // Any negative epoch counts as none, in Fetch alone.
      partitions.push({
        ...name,
        index,
        fetchOffset,
        maxBytes,
        currentLeaderEpoch: Math.max(currentLeaderEpoch, NO_EPOCH),
        lastFetchedEpoch,
      });
    }
  }
  const forgotten = request.forgottenTopicsData.flatMap((topic) => topic.partitions.map((index) => ({ ...named(topic), index })));
  return {
    sessionId,
    sessionEpoch,
    usesTopicIds,
    takesSession: context.version >= SESSIONS_FROM_VERSION,
    maxWaitMs,
    minBytes,
    maxBytes: Math.min(
      maxBytes,
      config.number("fetch.max.bytes"),
      config.number("ottla.fetch.response.max.bytes"),
      quotas.fetchBytesAtOnce(context.session.principal.name, context.clientId ?? ""),
    ),
    readCommitted: isolationLevel === READ_COMMITTED,
    partitions,
    forgotten,
  };
}

function respond(context: RequestContext, answer: FetchAnswer): FetchResponse | Promise<FetchResponse> {
  context.afterAnswer(answer.release);
  const shaping = new Shaping(context, answer);
  const shaped = shaping.run(context.broker.clock);
  return shaped === undefined ? shaping.response() : shaped.then(() => shaping.response());
}

/** Turns reads into an answer: neighbours of one topic under one entry. */
class Shaping {
  readonly #context: RequestContext;
  readonly #answer: FetchAnswer;
  readonly #topics: FetchableTopicResponse[] = [];
  readonly #movedTo = new Set<number>();
  #next = 0;
  #last: { readonly topic: string; readonly topicId: string; readonly partitions: PartitionData[] } | undefined;

  constructor(context: RequestContext, answer: FetchAnswer) {
    this.#context = context;
    this.#answer = answer;
  }

  /** A promise when there is much to shape. */
  run(clock: Clock): Promise<void> | undefined {
    const { reads } = this.#answer;
    const slice = new TimeSlice(clock);
    const step = (): Promise<void> | undefined => {
      for (; this.#next < reads.length; this.#next++) {
        if (this.#next % 100 === 99 && slice.isOver) return slice.rest().then(step);
        this.#add(reads[this.#next]!);
      }
      return undefined;
    };
    return step();
  }

  response(): FetchResponse {
    const { errorCode, sessionId } = this.#answer;
    const endpoints = nodeEndpoints(this.#context, this.#movedTo).map(makeNodeEndpoint);
    return makeFetchResponse({ errorCode, sessionId, responses: this.#topics, nodeEndpoints: endpoints });
  }

  #add(read: PartitionRead): void {
    const { topic, topicId } = read.target;
    count(read);
    let last = this.#last;
    if (last === undefined || last.topic !== topic || last.topicId !== topicId) {
      last = { topic, topicId, partitions: [] };
      this.#topics.push(makeFetchableTopicResponse(last));
      this.#last = last;
    }
    last.partitions.push(this.#partition(read));
  }

  #partition(read: PartitionRead): PartitionData {
    const isElsewhere = read.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || read.errorCode === ErrorCode.FENCED_LEADER_EPOCH;
    const hint = isElsewhere ? newLeaderHint(this.#context, NEW_LEADER_FROM_VERSION, read.target, this.#movedTo) : undefined;
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
}

function count({ partition, errorCode, sizeBytes }: PartitionRead): void {
  if (errorCode === ErrorCode.NONE) partition?.traffic.fetched(sizeBytes);
  else partition?.traffic.fetchFailed();
}
