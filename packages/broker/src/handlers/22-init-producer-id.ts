// InitProducerId v0-5 (KIP-98; v3 KIP-360; v4 PRODUCER_FENCED, v5 TRANSACTION_ABORTABLE). v6 (KIP-939, two-phase commit) is not released in Apache Kafka 4.4 either.
import { CLUSTER_NAME, ErrorCode } from "@ottla/protocol";
import {
  type InitProducerIdRequest,
  type InitProducerIdResponse,
  initProducerIdApi,
  makeInitProducerIdResponse,
} from "@ottla/protocol/apis/init-producer-id";
import type { BrokerState } from "../broker-state.ts";
import { isMet, need } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { fencedBefore } from "./transaction-errors.ts";

const NONE_GIVEN = -1;

const MAY_USE_ID = need("WRITE", "TRANSACTIONAL_ID", "the transactional id");
const MAY_BE_IDEMPOTENT = need("IDEMPOTENT_WRITE", "CLUSTER", "the cluster", { note: "without a transactional id" });
const MAY_WRITE = need("WRITE", "TOPIC", "any topic", {
  errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
  note: "without a transactional id, and without IDEMPOTENT_WRITE (KIP-679)",
});

export const initProducerIdHandler: Handler<InitProducerIdRequest, InitProducerIdResponse> = {
  api: initProducerIdApi,
  minVersion: 0,
  maxVersion: 5,
  authorisation: {
    needs: [MAY_USE_ID, MAY_BE_IDEMPOTENT, MAY_WRITE],
    decide({ access }, request) {
      const { transactionalId } = request;
      const unmet =
        transactionalId === null
          ? access.shows(MAY_BE_IDEMPOTENT.operation, MAY_BE_IDEMPOTENT.resourceType, CLUSTER_NAME) ||
            access.allowsSome(MAY_WRITE.operation, MAY_WRITE.resourceType)
            ? undefined
            : MAY_WRITE
          : isMet(access, MAY_USE_ID, transactionalId)
            ? undefined
            : MAY_USE_ID;
      return unmet ? { kind: "answer", response: refused(unmet.errorCode) } : { kind: "go-on", request };
    },
  },

  async handle({ broker, version, session }, { transactionalId, transactionTimeoutMs, producerId, producerEpoch }) {
    const isGiven = producerId !== NONE_GIVEN;
    if (isGiven !== (producerEpoch !== NONE_GIVEN)) return refused(ErrorCode.INVALID_REQUEST);
    if (transactionalId === null) return idempotentProducer(broker);
    const answer = await broker.transactions.initProducer({
      transactionalId,
      nodeId: session.nodeId,
      closed: session.closed,
      timeoutMs: transactionTimeoutMs,
      expected: isGiven ? { producerId, producerEpoch } : undefined,
    });
    return makeInitProducerIdResponse({
      errorCode: fencedBefore(4, version, answer.errorCode),
      producerId: answer.producerId,
      producerEpoch: answer.producerEpoch,
    });
  },
};

async function idempotentProducer(broker: BrokerState): Promise<InitProducerIdResponse> {
  try {
    return makeInitProducerIdResponse({ producerId: await broker.producerIds.next(), producerEpoch: 0 });
  } catch (error) {
    broker.logger.error("no producer id could be reserved", { error });
    return refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }
}

function refused(errorCode: number): InitProducerIdResponse {
  return makeInitProducerIdResponse({ errorCode, producerId: -1, producerEpoch: -1 });
}
