// DescribeDelegationToken v1-3 (KIP-48; v3 requesters, KIP-373).
import { TimeSlice } from "@ottla/base";
import { ErrorCode, madeWhenWritten } from "@ottla/protocol";
import {
  type DescribeDelegationTokenRequest,
  type DescribeDelegationTokenResponse,
  describeDelegationTokenApi,
  makeDescribeDelegationTokenResponse,
  makeDescribedDelegationToken,
  makeDescribedDelegationTokenRenewer,
} from "@ottla/protocol/apis/describe-delegation-token";
import { need } from "../authorisation.ts";
import type { Handler, RequestContext } from "../handler.ts";
import type { DelegationToken } from "../metadata/delegation-tokens.ts";
import { principalText } from "../security/principal.ts";
import { isOwnToken } from "../security/tokens/token-rules.ts";
import { mayAskForTokens, principalFields, requesterFields } from "./token-requests.ts";

const theToken = need("DESCRIBE", "DELEGATION_TOKEN", "each token by its id", {
  errorCode: ErrorCode.NONE,
  note: "owners, requesters and renewers see theirs",
});
const theOwner = need("DESCRIBE_TOKENS", "USER", "each token's owner", { errorCode: ErrorCode.NONE, note: "either is enough" });

export const describeDelegationTokenHandler: Handler<DescribeDelegationTokenRequest, DescribeDelegationTokenResponse> = {
  api: describeDelegationTokenApi,
  minVersion: 1,
  maxVersion: 3,
  authorisation: { needs: [theToken, theOwner] },

  async handle(context, { owners }) {
    const { broker, session } = context;
    if (!mayAskForTokens(session))
      return makeDescribeDelegationTokenResponse({ errorCode: ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED });
    if (!broker.tokens.isEnabled) return makeDescribeDelegationTokenResponse({ errorCode: ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED });
    const wanted = owners && new Set(owners.map(({ principalType, principalName }) => keyOf(principalType, principalName)));
    const slice = new TimeSlice(broker.clock);
    const found: { readonly token: DelegationToken; readonly hmac: Buffer }[] = [];
    for (const token of [...broker.metadata.delegationTokens.values()]) {
      if (slice.isOver) await slice.rest();
      // It may have been removed during a rest.
      if (broker.metadata.delegationTokens.of(token.tokenId) === undefined) continue;
      if (wanted !== null && !wanted.has(keyOf(token.owner.type, token.owner.name))) continue;
      if (isShown(context, token)) found.push({ token, hmac: broker.tokens.hmacOf(token.tokenId) });
    }
    return makeDescribeDelegationTokenResponse({ tokens: madeWhenWritten(found, (each) => describeToken(each, context.version)) });
  },
};

function isShown({ access, session }: RequestContext, token: DelegationToken): boolean {
  return (
    isOwnToken(token, session.principal) ||
    access.shows(theToken.operation, theToken.resourceType, token.tokenId) ||
    access.shows(theOwner.operation, theOwner.resourceType, principalText(token.owner))
  );
}

function describeToken({ token, hmac }: { readonly token: DelegationToken; readonly hmac: Buffer }, version: number) {
  const { owner, requester, renewers, issuedAtMs, expiresAtMs, maxTimestampMs, tokenId } = token;
  return makeDescribedDelegationToken({
    ...principalFields(owner),
    ...requesterFields(requester, version),
    issueTimestamp: issuedAtMs,
    expiryTimestamp: expiresAtMs,
    maxTimestamp: maxTimestampMs,
    tokenId,
    hmac,
    renewers: renewers.map((renewer) => makeDescribedDelegationTokenRenewer(principalFields(renewer))),
  });
}

function keyOf(type: string, name: string): string {
  return JSON.stringify([type, name]);
}
