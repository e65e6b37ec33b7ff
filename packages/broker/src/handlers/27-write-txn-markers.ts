// WriteTxnMarkers v1-2. What coordinators of Apache Kafka ask of partition leaders, and operators of hanging transactions (KIP-664); v2 transaction version (KIP-890).
import { TimeSlice } from "@ottla/base";
import { CLUSTER_NAME, ErrorCode, NIL_UUID } from "@ottla/protocol";
import {
  makeWritableTxnMarkerPartitionResult,
  makeWritableTxnMarkerResult,
  makeWritableTxnMarkerTopicResult,
  makeWriteTxnMarkersResponse,
  type WritableTxnMarker,
  type WriteTxnMarkersRequest,
  type WriteTxnMarkersResponse,
  writeTxnMarkersApi,
} from "@ottla/protocol/apis/write-txn-markers";
import { isMet, need } from "../authorisation.ts";
import { type Handler, MANY_TOPICS_REQUEST_BYTES, MANY_TOPICS_REQUEST_ELEMENTS, type RequestContext } from "../handler.ts";
import { locate } from "../partitions/locate.ts";

/** Error codes by partition, by topic. */
type Outcome = Map<string, Map<number, number>>;

const IS_OPERATOR = need("ALTER", "CLUSTER", "the cluster");
const IS_BROKER = need("CLUSTER_ACTION", "CLUSTER", "the cluster", { note: "where ALTER is not allowed" });

export const writeTxnMarkersHandler: Handler<WriteTxnMarkersRequest, WriteTxnMarkersResponse> = {
  api: writeTxnMarkersApi,
  minVersion: 1,
  maxVersion: 2,
  authorisation: {
    needs: [IS_OPERATOR, IS_BROKER],
    decide({ access }, request) {
      if (access.shows(IS_OPERATOR.operation, IS_OPERATOR.resourceType, CLUSTER_NAME) || isMet(access, IS_BROKER, CLUSTER_NAME))
        return { kind: "go-on", request };
      const outcomes = new Map<number, Outcome>();
      for (const { producerId, topics } of request.markers) {
        for (const { name, partitionIndexes } of topics) {
          for (const partition of partitionIndexes) place(outcomes, producerId, name).set(partition, IS_BROKER.errorCode);
        }
      }
      return { kind: "answer", response: answer(outcomes) };
    },
  },
  maxRequestBytes: MANY_TOPICS_REQUEST_BYTES,
  maxRequestElements: MANY_TOPICS_REQUEST_ELEMENTS,

  async handle(context, { markers }) {
    const outcomes = new Map<number, Outcome>();
    const slice = new TimeSlice(context.broker.clock);
    for (const marker of markers) {
      for (const { name, partitionIndexes } of marker.topics) {
        for (const partition of partitionIndexes) {
          const errorCode = await write(context, marker, name, partition);
          place(outcomes, marker.producerId, name).set(partition, errorCode);
          if (slice.isOver) await slice.rest();
        }
      }
    }
    return answer(outcomes);
  },
};

function answer(outcomes: ReadonlyMap<number, Outcome>): WriteTxnMarkersResponse {
  return makeWriteTxnMarkersResponse({ markers: Array.from(outcomes, ([producerId, outcome]) => result(producerId, outcome)) });
}

async function write(context: RequestContext, marker: WritableTxnMarker, topic: string, partition: number): Promise<number> {
  const found = locate(context, topic, NIL_UUID, partition);
  if (found.kind === "error") return found.errorCode;
  const { producerId, producerEpoch, coordinatorEpoch, transactionResult, transactionVersion } = marker;
  // No transaction is anybody's without them; Apache Kafka fails with UNKNOWN_SERVER_ERROR.
  if (producerId < 0) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  if (producerEpoch < 0) return ErrorCode.INVALID_PRODUCER_EPOCH;
  const errorCode = await context.broker.markers.writeMarker(
    { topic, partition },
    { producerId, producerEpoch, coordinatorEpoch, isCommit: transactionResult, transactionVersion },
  );
  return errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NOT_LEADER_OR_FOLLOWER : errorCode;
}

function place(outcomes: Map<number, Outcome>, producerId: number, topic: string): Map<number, number> {
  let outcome = outcomes.get(producerId);
  if (!outcome) outcomes.set(producerId, (outcome = new Map()));
  let partitions = outcome.get(topic);
  if (!partitions) outcome.set(topic, (partitions = new Map()));
  return partitions;
}

function result(producerId: number, outcome: Outcome) {
  const topics = Array.from(outcome, ([name, partitions]) =>
    makeWritableTxnMarkerTopicResult({
      name,
      partitions: Array.from(partitions, ([partitionIndex, errorCode]) =>
        makeWritableTxnMarkerPartitionResult({ partitionIndex, errorCode }),
      ),
    }),
  );
  return makeWritableTxnMarkerResult({ producerId, topics });
}
