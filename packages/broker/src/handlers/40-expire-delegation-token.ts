// ExpireDelegationToken v1-2 (KIP-48).
import {
  type ExpireDelegationTokenRequest,
  type ExpireDelegationTokenResponse,
  expireDelegationTokenApi,
  makeExpireDelegationTokenResponse,
} from "@ottla/protocol/apis/expire-delegation-token";
import { EVERYBODY } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { expireToken } from "../security/tokens/token-rules.ts";
import { changeToken } from "./token-requests.ts";

/** Owners and renewers may; nobody else is asked about. */
export const expireDelegationTokenHandler: Handler<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse> = {
  api: expireDelegationTokenApi,
  minVersion: 1,
  maxVersion: 2,
  authorisation: EVERYBODY,

  async handle(context, { hmac, expiryTimePeriodMs }) {
    const asker = context.session.principal;
    return makeExpireDelegationTokenResponse(
      await changeToken(context, hmac, (token, nowMs) => expireToken(token, asker, expiryTimePeriodMs, nowMs)),
    );
  },
};
