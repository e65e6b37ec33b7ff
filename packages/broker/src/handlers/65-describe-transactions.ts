// DescribeTransactions v0 (KIP-664). Each broker describes the transactional ids that it coordinates.
import { TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  type DescribeTransactionsRequest,
  type DescribeTransactionsResponse,
  describeTransactionsApi,
  makeDescribeTransactionsResponse,
  makeTopicData,
  makeTransactionState,
  type TransactionState,
} from "@ottla/protocol/apis/describe-transactions";
import { eachItem, isMet, need } from "../authorisation.ts";
import type { Handler, RequestContext } from "../handler.ts";

/** Ids that come when the answer has this many partitions already are refused: a request may name a wide transaction many times over. */
const ANSWER_PARTITIONS_MAX = 500_000;

const MAY_DESCRIBE = need("DESCRIBE", "TRANSACTIONAL_ID", "each transactional id");
const MAY_SEE_TOPIC = need("DESCRIBE", "TOPIC", "each topic of the transaction", {
  errorCode: ErrorCode.NONE,
  note: "else it is left out",
});

export const describeTransactionsHandler: Handler<DescribeTransactionsRequest, DescribeTransactionsResponse> = {
  api: describeTransactionsApi,
  minVersion: 0,
  maxVersion: 0,
  authorisation: eachItem({
    need: [MAY_DESCRIBE, MAY_SEE_TOPIC],
    items: ({ transactionalIds }) => transactionalIds,
    nameOf: (transactionalId) => transactionalId,
    narrow: (request, transactionalIds) => ({ ...request, transactionalIds }),
    refuse: (transactionalId, errorCode) => failed(transactionalId, errorCode),
    join: (response, _, weave) => ({ ...response, transactionStates: weave(response.transactionStates) }),
  }),

  async handle(context, { transactionalIds }) {
    const transactionStates: TransactionState[] = [];
    const slice = new TimeSlice(context.broker.clock);
    let partitionCount = 0;
    for (const transactionalId of transactionalIds) {
      const described =
        partitionCount > ANSWER_PARTITIONS_MAX ? failed(transactionalId, ErrorCode.INVALID_REQUEST) : describe(context, transactionalId);
      transactionStates.push(described);
      for (const { partitions } of described.topics) partitionCount += partitions.length;
      if (slice.isOver) await slice.rest();
    }
    return makeDescribeTransactionsResponse({ transactionStates });
  },
};

function describe({ broker, access, session: { nodeId } }: RequestContext, transactionalId: string): TransactionState {
  const transaction = broker.transactions.transaction(transactionalId, nodeId);
  if (typeof transaction === "number") return failed(transactionalId, transaction);
  if (transaction === undefined) return failed(transactionalId, ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
  return makeTransactionState({
    transactionalId,
    transactionState: transaction.state,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStartTimeMs: transaction.startMs,
    producerId: transaction.producerId,
    producerEpoch: transaction.producerEpoch,
    topics: Array.from(transaction.partitions)
      .filter(([topic]) => isMet(access, MAY_SEE_TOPIC, topic))
      .map(([topic, partitions]) => makeTopicData({ topic, partitions: [...partitions] })),
  });
}

function failed(transactionalId: string, errorCode: number): TransactionState {
  return makeTransactionState({ transactionalId, errorCode });
}
