// Produce v3-13, advertised from v0. v3 transactional id, v7 zstd, v8 record errors (KIP-467), v9 flexible, v10 new leader named (KIP-951),
// v11 TRANSACTION_ABORTABLE (KIP-1050), v12 adds partitions to the transaction that it writes into (KIP-890), v13 topic ids (KIP-516).
import { ErrorCode } from "@ottla/protocol";
import {
  makeBatchIndexAndErrorMessage,
  makeLeaderIdAndEpoch,
  makeNodeEndpoint,
  makePartitionProduceResponse,
  makeProduceResponse,
  makeTopicProduceResponse,
  type PartitionProduceResponse,
  type ProduceRequest,
  type ProduceResponse,
  produceApi,
  type TopicProduceData,
  type TopicProduceResponse,
} from "@ottla/protocol/apis/produce";
import { BATCH_OVERHEAD_BYTES, isTransactional } from "@ottla/protocol/records";
import { decideEach, isMet, type ItemShape, need } from "../authorisation.ts";
import { CloseConnectionError, type Handler, type RequestContext } from "../handler.ts";
import { newLeaderHint, nodeEndpoints } from "../partitions/new-leader-hint.ts";
import { type AppendResult, refused } from "../produce/append-records.ts";
import { ProduceCall, type ResultListener } from "../produce/produce-call.ts";

const NO_ACKNOWLEDGEMENT = 0;
const TOPIC_IDS_FROM_VERSION = 13;
const NEW_LEADER_FROM_VERSION = 10;
const NOT_YET = makePartitionProduceResponse({ errorCode: ErrorCode.UNKNOWN_SERVER_ERROR });

const MAY_USE_ID = need("WRITE", "TRANSACTIONAL_ID", "the transactional id", { note: "where there are batches of a transaction" });
const MAY_WRITE = need("WRITE", "TOPIC", "each topic", { note: "without acknowledgement the connection is closed" });

const EACH_TOPIC: ItemShape<ProduceRequest, ProduceResponse, TopicProduceData, TopicProduceResponse> = {
  need: MAY_WRITE,
  items: ({ topicData }) => topicData,
  nameOf: ({ name, topicId }, { broker, version }) => (version >= TOPIC_IDS_FROM_VERSION ? broker.metadata.topicById(topicId)?.name : name),
  narrow: (request, topicData) => ({ ...request, topicData }),
  refuse: refuseTopic,
  join: (response, refused) => ({ ...response, responses: [...response.responses, ...refused] }),
};

export const produceHandler: Handler<ProduceRequest, ProduceResponse> = {
  api: produceApi,
  minVersion: 3,
  maxVersion: 13,
  authorisation: {
    needs: [MAY_USE_ID, MAY_WRITE],
    decide(context, request) {
      const { transactionalId, acks } = request;
      if (hasTransaction(request) && !(transactionalId !== null && isMet(context.access, MAY_USE_ID, transactionalId))) {
        const { errorCode } = MAY_USE_ID;
        if (acks === NO_ACKNOWLEDGEMENT) throw refusedUnheard(errorCode);
        return {
          kind: "answer",
          response: makeProduceResponse({ responses: request.topicData.map((topic) => refuseTopic(topic, errorCode)) }),
        };
      }
      const decision = decideEach(EACH_TOPIC, context, request);
      if (acks !== NO_ACKNOWLEDGEMENT || decision.kind === "answer" || decision.complete === undefined) return decision;
      return {
        ...decision,
        complete: () => {
          throw refusedUnheard(MAY_WRITE.errorCode);
        },
      };
    },
  },
  maxRequestBytes: "records",
  advertisedMinVersion: 0,
  overlaps: true,
  readsInPlace: true,

  handle(context, request) {
    const call = new ProduceCall(context, request);
    const answer = new ProduceAnswer(context, request);
    for (const topic of request.topicData) {
      const name = context.version >= TOPIC_IDS_FROM_VERSION ? (context.broker.metadata.topicById(topic.topicId)?.name ?? "") : topic.name;
      const responses = answer.addTopic(topic);
      for (const { index, records } of topic.partitionData) {
        const tell = answer.addPartition(responses, name, index);
        call.append(topic, name, index, records, tell);
      }
    }
    const later = call.finish();
    return later === undefined ? answer.finish() : later.then(() => answer.finish());
  },
};

/** Collects the results of a request, and waits for those that are not yet as durable as promised. */
class ProduceAnswer {
  readonly #context: RequestContext;
  readonly #topics: TopicProduceResponse[] = [];
  readonly #movedTo = new Set<number>();
  readonly #pending: Promise<void>[] = [];
  readonly #acks: number;
  #firstError: number | undefined;

  constructor(context: RequestContext, { acks }: ProduceRequest) {
    this.#context = context;
    this.#acks = acks;
  }

  /** Opens a topic's part of the answer; the partitions added next belong to it. */
  addTopic(topic: TopicProduceData): PartitionProduceResponse[] {
    const partitionResponses: PartitionProduceResponse[] = [];
    this.#topics.push(makeTopicProduceResponse({ name: topic.name, topicId: topic.topicId, partitionResponses }));
    return partitionResponses;
  }

  /** Keeps a place for a partition; its result may come later. */
  addPartition(responses: PartitionProduceResponse[], name: string, index: number): ResultListener {
    const at = responses.push(NOT_YET) - 1;
    return (result) => {
      if (result.errorCode !== ErrorCode.NONE) this.#firstError ??= result.errorCode;
      responses[at] = this.#shapePartition(name, index, result);
      if (!result.durable) return;
      const settled = result.durable.catch(() => {
        const failure = refused(ErrorCode.KAFKA_STORAGE_ERROR, "The records could not be made durable; see the broker's log.");
        responses[at] = this.#shapePartition(name, index, failure);
      });
      this.#pending.push(settled);
    };
  }

  /** The answer once all results are told. Throws where a request without acknowledgement failed: a broken connection is the only way to tell the client. */
  finish(): ProduceResponse | undefined | Promise<ProduceResponse> {
    if (this.#acks === NO_ACKNOWLEDGEMENT) {
      if (this.#firstError === undefined) return undefined;
      throw new CloseConnectionError(`Produce with acks=0 failed with error code ${this.#firstError}`);
    }
    if (this.#pending.length === 0) return this.#shape();
    // The records are in the log; it is the disk that is waited for.
    this.#context.letRequestGo();
    return Promise.all(this.#pending).then(() => this.#shape());
  }

  #shapePartition(name: string, index: number, result: AppendResult): PartitionProduceResponse {
    const hint =
      result.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER
        ? newLeaderHint(this.#context, NEW_LEADER_FROM_VERSION, { topic: name, index }, this.#movedTo)
        : undefined;
    return makePartitionProduceResponse({
      index,
      errorCode: result.errorCode,
      baseOffset: result.baseOffset,
      logAppendTimeMs: result.logAppendTimeMs,
      logStartOffset: result.logStartOffset,
      recordErrors: result.recordErrors.map(({ batchIndex, message }) =>
        makeBatchIndexAndErrorMessage({ batchIndex, batchIndexErrorMessage: message }),
      ),
      errorMessage: result.message,
      ...(hint && { currentLeader: makeLeaderIdAndEpoch(hint) }),
    });
  }

  #shape(): ProduceResponse {
    const endpoints = nodeEndpoints(this.#context, this.#movedTo).map(makeNodeEndpoint);
    return makeProduceResponse({ responses: this.#topics, nodeEndpoints: endpoints });
  }
}

function refuseTopic({ name, topicId, partitionData }: TopicProduceData, errorCode: number): TopicProduceResponse {
  const partitionResponses = partitionData.map(({ index }) => makePartitionProduceResponse({ index, errorCode, baseOffset: -1 }));
  return makeTopicProduceResponse({ name, topicId, partitionResponses });
}

function refusedUnheard(errorCode: number): CloseConnectionError {
  return new CloseConnectionError(`Produce with acks=0 was not allowed: error code ${errorCode}`);
}

/** As in Kafka, the first batch of a partition tells. */
function hasTransaction({ topicData }: ProduceRequest): boolean {
  return topicData.some(({ partitionData }) =>
    partitionData.some(({ records }) => {
      const bytes = Buffer.isBuffer(records) ? records : records?.[0];
      return Buffer.isBuffer(bytes) && bytes.length >= BATCH_OVERHEAD_BYTES && isTransactional(bytes, 0);
    }),
  );
}
