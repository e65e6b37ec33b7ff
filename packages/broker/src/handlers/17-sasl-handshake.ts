// SaslHandshake v0-1. KIP-43; v0 is followed by messages without a request around them, v1 by SaslAuthenticate (KIP-152).
import { ErrorCode } from "@ottla/protocol";
import {
  makeSaslHandshakeResponse,
  type SaslHandshakeRequest,
  type SaslHandshakeResponse,
  saslHandshakeApi,
} from "@ottla/protocol/apis/sasl-handshake";
import { EVERYBODY } from "../authorisation.ts";
import type { Handler } from "../handler.ts";

export const saslHandshakeHandler: Handler<SaslHandshakeRequest, SaslHandshakeResponse> = {
  api: saslHandshakeApi,
  minVersion: 0,
  maxVersion: 1,
  authorisation: EVERYBODY,
  beforeAuthentication: true,
  maxRequestBytes: 64 * 1024,

  handle(context, { mechanism }) {
    const { login } = context.session;
    if (login === undefined) return makeSaslHandshakeResponse({ errorCode: ErrorCode.ILLEGAL_SASL_STATE });
    const { errorCode, mechanisms, closes } = login.handshake(mechanism, context.version);
    if (closes !== undefined) context.closeAfterAnswer(closes);
    return makeSaslHandshakeResponse({ errorCode, mechanisms });
  },
};
