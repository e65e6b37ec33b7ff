import { mapInSlices, sortInSlices, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import { describeProducersApi, makeDescribeProducersRequest, makeTopicRequest } from "@ottla/protocol/apis/describe-producers";
import { describeTransactionsApi, makeDescribeTransactionsRequest } from "@ottla/protocol/apis/describe-transactions";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { listTransactionsApi, makeListTransactionsRequest } from "@ottla/protocol/apis/list-transactions";
import {
  makeWritableTxnMarker,
  makeWritableTxnMarkerTopic,
  makeWriteTxnMarkersRequest,
  writeTxnMarkersApi,
} from "@ottla/protocol/apis/write-txn-markers";
import { askLeaders } from "../cluster/leader-calls.ts";
import { type Outcome, outcomeOf, throwIfRefused } from "../outcome.ts";
import type { CallOptions } from "../options/call-options.ts";
import { groupByTopic, partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { AdminContext } from "./admin-context.ts";
import type { Named, Partitioned } from "./admin-types.ts";
import { perName } from "./per-name.ts";
import type {
  HangingTransaction,
  ProducerState,
  TransactionDescription,
  TransactionFilter,
  TransactionListing,
} from "./transaction-types.ts";

const DURATION_VERSION = 1;
const PATTERN_VERSION = 2;
/** A fence is no producer: it never begins a transaction that could take longer. */
const FENCE_TIMEOUT_MS = 1;
const NEVER = -1;

export async function listTransactions(
  { cluster, lane }: AdminContext,
  options: CallOptions & TransactionFilter = {},
): Promise<readonly TransactionListing[]> {
  const limit = cluster.limit(options);
  const { states = [], producerIds = [], longerThanMs, idPattern } = options;
  const min = idPattern !== undefined ? PATTERN_VERSION : longerThanMs !== undefined ? DURATION_VERSION : undefined;
  const request = makeListTransactionsRequest({
    stateFilters: states,
    producerIdFilters: producerIds,
    durationFilter: longerThanMs ?? NEVER,
    transactionalIdPattern: idPattern ?? null,
  });
  await cluster.retrying("Metadata", limit, () => cluster.metadata.refreshBrokers());
  const lists = await Promise.all(
    [...cluster.metadata.current.brokers.keys()].map((nodeId) =>
      cluster.retrying(`ListTransactions on broker ${nodeId}`, limit, async () => {
        const response = await lane.call(nodeId, listTransactionsApi, () => request, { min });
        throwIfRefused(response.errorCode);
        return mapInSlices(
          new TimeSlice(cluster.deps.clock),
          response.transactionStates,
          ({ transactionalId, producerId, transactionState }) => ({
            transactionalId,
            producerId,
            state: transactionState,
            coordinator: nodeId,
          }),
        );
      }),
    ),
  );
  return sortInSlices(new TimeSlice(cluster.deps.clock), lists.flat(), (a, b) => (a.transactionalId < b.transactionalId ? -1 : 1));
}

export function describeTransactions(
  { cluster, lane }: AdminContext,
  transactionalIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<TransactionDescription>[]> {
  const limit = cluster.limit(options);
  return perName(transactionalIds, (transactionalId) =>
    cluster.callCoordinator(
      lane,
      "transaction",
      transactionalId,
      describeTransactionsApi,
      () => makeDescribeTransactionsRequest({ transactionalIds: [transactionalId] }),
      ({ transactionStates: [state] }): TransactionDescription => {
        throwIfRefused(state?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR);
        const { transactionState, producerId, producerEpoch, transactionTimeoutMs, transactionStartTimeMs, topics } = state!;
        return {
          transactionalId,
          state: transactionState,
          producerId,
          producerEpoch,
          timeoutMs: transactionTimeoutMs,
          startTimestamp: transactionStartTimeMs === NEVER ? undefined : transactionStartTimeMs,
          partitions: topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition }))),
          coordinator: cluster.coordinators.known("transaction", transactionalId)!.nodeId,
        };
      },
      limit,
    ),
  );
}

export function describeProducers(
  { cluster, lane }: AdminContext,
  partitions: readonly TopicPartition[],
  options: CallOptions = {},
): Promise<readonly Partitioned<readonly ProducerState[]>[]> {
  return askLeaders(cluster, partitions, cluster.limit(options), async (nodeId, group) => {
    const topics = [...groupByTopic(group)].map(([name, entries]) =>
      makeTopicRequest({ name, partitionIndexes: entries.map(({ partition }) => partition) }),
    );
    const response = await lane.call(nodeId, describeProducersApi, () => makeDescribeProducersRequest({ topics }));
    const outcomes = new Map<string, Outcome<readonly ProducerState[]>>();
    for (const topic of response.topics) {
      for (const { partitionIndex, errorCode, errorMessage, activeProducers } of topic.partitions) {
        const states = () =>
          activeProducers.map(({ coordinatorEpoch, currentTxnStartOffset, ...state }) => ({
            producerId: state.producerId,
            producerEpoch: state.producerEpoch,
            lastSequence: state.lastSequence,
            lastTimestamp: state.lastTimestamp,
            coordinatorEpoch: coordinatorEpoch === NEVER ? undefined : coordinatorEpoch,
            currentTransactionStartOffset: currentTxnStartOffset === NEVER ? undefined : currentTxnStartOffset,
          }));
        outcomes.set(partitionKey(topic.name, partitionIndex), outcomeOf(errorCode, errorMessage, states));
      }
    }
    return outcomes;
  });
}

export async function abortTransaction(
  { cluster, lane }: AdminContext,
  { topic, partition, producerId, producerEpoch, coordinatorEpoch = 0 }: HangingTransaction,
  options: CallOptions = {},
): Promise<void> {
  const marker = makeWritableTxnMarker({
    producerId,
    producerEpoch,
    coordinatorEpoch,
    transactionResult: false,
    topics: [makeWritableTxnMarkerTopic({ name: topic, partitionIndexes: [partition] })],
  });
  const [outcome] = await askLeaders(cluster, [{ topic, partition }], cluster.limit(options), async (nodeId) => {
    const response = await lane.call(nodeId, writeTxnMarkersApi, () => makeWriteTxnMarkersRequest({ markers: [marker] }));
    const result = response.markers[0]?.topics[0]?.partitions[0];
    const errorCode = result?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR;
    return new Map([[partitionKey(topic, partition), outcomeOf(errorCode, undefined, () => undefined)]]);
  });
  if (outcome?.error) throw outcome.error;
}

export function fenceProducers(
  { cluster, lane }: AdminContext,
  transactionalIds: readonly string[],
  options: CallOptions = {},
): Promise<readonly Named<{ readonly producerId: number; readonly producerEpoch: number }>[]> {
  const limit = cluster.limit(options);
  return perName(transactionalIds, (transactionalId) =>
    cluster.callCoordinator(
      lane,
      "transaction",
      transactionalId,
      initProducerIdApi,
      () => makeInitProducerIdRequest({ transactionalId, transactionTimeoutMs: FENCE_TIMEOUT_MS }),
      ({ errorCode, producerId, producerEpoch }) => {
        throwIfRefused(errorCode);
        return { producerId, producerEpoch };
      },
      limit,
    ),
  );
}
