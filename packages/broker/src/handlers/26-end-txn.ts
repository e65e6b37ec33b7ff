// EndTxn v0-5 (KIP-98). v2 PRODUCER_FENCED (KIP-588), v5 raises the epoch and says who the producer is next (KIP-890, part 2).
import { type EndTxnRequest, type EndTxnResponse, endTxnApi, makeEndTxnResponse } from "@ottla/protocol/apis/end-txn";
import { need, wholeRequest } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { fencedBefore } from "./transaction-errors.ts";

const EPOCH_BUMP_SINCE = 5;

export const endTxnHandler: Handler<EndTxnRequest, EndTxnResponse> = {
  api: endTxnApi,
  minVersion: 0,
  maxVersion: 5,
  authorisation: wholeRequest(
    [[need("WRITE", "TRANSACTIONAL_ID", "the transactional id"), ({ transactionalId }) => transactionalId]],
    (errorCode) => makeEndTxnResponse({ errorCode }),
  ),

  async handle({ broker, version, session }, { transactionalId, producerId, producerEpoch, committed }) {
    const answer = await broker.transactions.end({
      transactionalId,
      nodeId: session.nodeId,
      closed: session.closed,
      producerId,
      producerEpoch,
      isCommit: committed,
      clientVersion: version < EPOCH_BUMP_SINCE ? 0 : 2,
    });
    return makeEndTxnResponse({
      errorCode: fencedBefore(2, version, answer.errorCode),
      producerId: answer.producerId,
      producerEpoch: answer.producerEpoch,
    });
  },
};
