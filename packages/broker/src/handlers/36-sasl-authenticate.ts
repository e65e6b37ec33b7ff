// SaslAuthenticate v0-2. KIP-152, v1: how long the login holds (KIP-368).
import { ErrorCode } from "@ottla/protocol";
import {
  makeSaslAuthenticateResponse,
  type SaslAuthenticateRequest,
  type SaslAuthenticateResponse,
  saslAuthenticateApi,
} from "@ottla/protocol/apis/sasl-authenticate";
import { EVERYBODY } from "../authorisation.ts";
import type { Handler } from "../handler.ts";

export const saslAuthenticateHandler: Handler<SaslAuthenticateRequest, SaslAuthenticateResponse> = {
  api: saslAuthenticateApi,
  minVersion: 0,
  maxVersion: 2,
  authorisation: EVERYBODY,
  beforeAuthentication: true,
  maxRequestBytes: 64 * 1024,

  async handle(context, { authBytes }) {
    const { login } = context.session;
    if (login === undefined)
      return makeSaslAuthenticateResponse({
        errorCode: ErrorCode.ILLEGAL_SASL_STATE,
        errorMessage: "SaslAuthenticate request came to a listener without SASL",
      });
    const { errorCode, errorMessage, bytes, sessionLifetimeMs, closes } = await login.token(authBytes);
    if (closes !== undefined) context.closeAfterAnswer(closes);
    return makeSaslAuthenticateResponse({ errorCode, errorMessage, authBytes: bytes, sessionLifetimeMs });
  },
};
