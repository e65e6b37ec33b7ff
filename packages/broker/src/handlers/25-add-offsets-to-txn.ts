// AddOffsetsToTxn v0-4 (KIP-98). v2 PRODUCER_FENCED (KIP-588), v4 TRANSACTION_ABORTABLE (KIP-890). The group's partition of `__consumer_offsets` joins the transaction.
import {
  type AddOffsetsToTxnRequest,
  type AddOffsetsToTxnResponse,
  addOffsetsToTxnApi,
  makeAddOffsetsToTxnResponse,
} from "@ottla/protocol/apis/add-offsets-to-txn";
import { need, wholeRequest } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { fencedBefore } from "./transaction-errors.ts";

export const addOffsetsToTxnHandler: Handler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> = {
  api: addOffsetsToTxnApi,
  minVersion: 0,
  maxVersion: 4,
  authorisation: wholeRequest(
    [
      [need("WRITE", "TRANSACTIONAL_ID", "the transactional id"), ({ transactionalId }) => transactionalId],
      [need("READ", "GROUP", "the group"), ({ groupId }) => groupId],
    ],
    (errorCode) => makeAddOffsetsToTxnResponse({ errorCode }),
  ),

  async handle({ broker, version, session }, { transactionalId, producerId, producerEpoch, groupId }) {
    const errorCode = await broker.transactions.addPartitions({
      transactionalId,
      nodeId: session.nodeId,
      closed: session.closed,
      producerId,
      producerEpoch,
      partitions: [{ topic: "__consumer_offsets", partition: broker.groups.partitionOf(groupId) }],
      clientVersion: 0,
    });
    return makeAddOffsetsToTxnResponse({ errorCode: fencedBefore(2, version, errorCode) });
  },
};
