// Produce v3-13, advertised from v0 (trap A2). v3 transactional id, v7 zstd, v8 record errors (KIP-467), v9 flexible, v10 new leader named (KIP-951),
// v13 topic ids (KIP-516). Left out: transactions (v11, v12 act as v10 for batches outside one).
import { ErrorCode } from "@ottla/protocol";
import {
  makeBatchIndexAndErrorMessage,
  makeLeaderIdAndEpoch,
  makeNodeEndpoint,
  makePartitionProduceResponse,
  makeProduceResponse,
  makeTopicProduceResponse,
  type PartitionProduceData,
  type PartitionProduceResponse,
  type ProduceRequest,
  type ProduceResponse,
  produceApi,
  type TopicProduceData,
  type TopicProduceResponse,
} from "@ottla/protocol/apis/produce";
import { CloseConnectionError, type Handler, type RequestContext } from "../handler.ts";
import { clientMayWrite } from "../metadata/internal-topics.ts";
import { locate } from "../partitions/locate.ts";
import { newLeaderHint, nodeEndpoints } from "../partitions/new-leader-hint.ts";
import { type AppendResult, appendRecords, refused } from "../produce/append-records.ts";

const NO_ACKNOWLEDGEMENT = 0;
const TOPIC_IDS_FROM_VERSION = 13;
const NEW_LEADER_FROM_VERSION = 10;

export const produceHandler: Handler<ProduceRequest, ProduceResponse> = {
  api: produceApi,
  minVersion: 3,
  maxVersion: 13,
  maxRequestBytes: "records",
  advertisedMinVersion: 0,
  overlaps: true,
  readsInPlace: true,

  handle(context, request) {
    const answer = new ProduceAnswer(context);
    for (const topic of request.topicData) {
      const name = context.version >= TOPIC_IDS_FROM_VERSION ? (context.broker.metadata.topicById(topic.topicId)?.name ?? "") : topic.name;
      const responses = answer.addTopic(topic);
      for (const partition of topic.partitionData)
        answer.addPartition(responses, name, partition.index, appendTo(context, request, topic, name, partition));
    }
    if (request.acks === NO_ACKNOWLEDGEMENT) {
      // Trap C4: without an answer a broken connection is the only way to tell the client.
      if (answer.firstError !== undefined)
        throw new CloseConnectionError(`Produce with acks=0 failed with error code ${answer.firstError}`);
      return undefined;
    }
    return answer.finish();
  },
};

function appendTo(
  context: RequestContext,
  request: ProduceRequest,
  topic: TopicProduceData,
  name: string,
  { index, records }: PartitionProduceData,
): AppendResult {
  if (request.acks < -1 || request.acks > 1)
    return refused(ErrorCode.INVALID_REQUIRED_ACKS, `acks=${request.acks} is none of -1, 0 and 1.`);
  const found = locate(context, name, topic.topicId, index);
  if (found.kind === "error") return refused(found.errorCode, null);
  if (!clientMayWrite(name, context.clientId))
    return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic "${name}" is the broker's own; clients do not write to it.`);
  const { broker } = context;
  const limits = broker.topicSettings.limits(name);
  if (request.acks === -1 && found.metadata.isr.length < limits.minInsyncReplicas) {
    return refused(
      ErrorCode.NOT_ENOUGH_REPLICAS,
      `Topic "${name}" has ${found.metadata.isr.length} replicas in sync; min.insync.replicas asks for ${limits.minInsyncReplicas}.`,
    );
  }
  return appendRecords(found.partition, records, context.version, limits, found.metadata.leaderEpoch, broker.clock.nowMs());
}

/** Collects the results of a request, and waits for those that are not yet as durable as promised. */
class ProduceAnswer {
  readonly #context: RequestContext;
  readonly #topics: TopicProduceResponse[] = [];
  readonly #movedTo = new Set<number>();
  readonly #pending: Promise<void>[] = [];
  firstError: number | undefined;

  constructor(context: RequestContext) {
    this.#context = context;
  }

  /** Opens a topic's part of the answer; the partitions added next belong to it. */
  addTopic(topic: TopicProduceData): PartitionProduceResponse[] {
    const partitionResponses: PartitionProduceResponse[] = [];
    this.#topics.push(makeTopicProduceResponse({ name: topic.name, topicId: topic.topicId, partitionResponses }));
    return partitionResponses;
  }

  addPartition(responses: PartitionProduceResponse[], name: string, index: number, result: AppendResult): void {
    if (result.errorCode !== ErrorCode.NONE) this.firstError ??= result.errorCode;
    const at = responses.push(this.#shapePartition(name, index, result)) - 1;
    if (!result.durable) return;
    const settled = result.durable.catch(() => {
      const failure = refused(ErrorCode.KAFKA_STORAGE_ERROR, "The records could not be made durable; see the broker's log.");
      responses[at] = this.#shapePartition(name, index, failure);
    });
    this.#pending.push(settled);
  }

  finish(): ProduceResponse | Promise<ProduceResponse> {
    return this.#pending.length === 0 ? this.#shape() : Promise.all(this.#pending).then(() => this.#shape());
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
