// InitProducerId v0-5 for idempotent producers (KIP-98; v3 KIP-360; v4, v5 new error codes). Left out: transactional ids, which come with the
// transaction coordinator; they are refused with an error that ends the producer, for those that did not ask FindCoordinator first.
import { ErrorCode } from "@ottla/protocol";
import {
  type InitProducerIdRequest,
  type InitProducerIdResponse,
  initProducerIdApi,
  makeInitProducerIdResponse,
} from "@ottla/protocol/apis/init-producer-id";
import type { Handler } from "../handler.ts";

export const initProducerIdHandler: Handler<InitProducerIdRequest, InitProducerIdResponse> = {
  api: initProducerIdApi,
  minVersion: 0,
  maxVersion: 5,

  async handle({ broker }, { transactionalId }) {
    if (transactionalId !== null) {
      return makeInitProducerIdResponse({
        errorCode: transactionalId === "" ? ErrorCode.INVALID_REQUEST : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        producerId: -1,
        producerEpoch: -1,
      });
    }
    try {
      return makeInitProducerIdResponse({ producerId: await broker.producerIds.next(), producerEpoch: 0 });
    } catch (error) {
      broker.logger.error("no producer id could be reserved", { error });
      return makeInitProducerIdResponse({ errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE, producerId: -1, producerEpoch: -1 });
    }
  },
};
