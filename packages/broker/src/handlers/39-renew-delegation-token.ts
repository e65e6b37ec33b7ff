// RenewDelegationToken v1-2 (KIP-48).
import {
  type RenewDelegationTokenRequest,
  type RenewDelegationTokenResponse,
  renewDelegationTokenApi,
  makeRenewDelegationTokenResponse,
} from "@ottla/protocol/apis/renew-delegation-token";
import { EVERYBODY } from "../authorisation.ts";
import type { Handler } from "../handler.ts";
import { renewToken } from "../security/tokens/token-rules.ts";
import { changeToken, tokenLimits } from "./token-requests.ts";

/** Owners and renewers may; nobody else is asked about. */
export const renewDelegationTokenHandler: Handler<RenewDelegationTokenRequest, RenewDelegationTokenResponse> = {
  api: renewDelegationTokenApi,
  minVersion: 1,
  maxVersion: 2,
  authorisation: EVERYBODY,

  async handle(context, { hmac, renewPeriodMs }) {
    const asker = context.session.principal;
    return makeRenewDelegationTokenResponse(
      await changeToken(context, hmac, (token, nowMs) => renewToken(token, asker, renewPeriodMs, tokenLimits(context), nowMs)),
    );
  },
};
