// CreateDelegationToken v1-3 (KIP-48; v3 owner and requester, KIP-373).
import { randomUuid } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  type CreateDelegationTokenRequest,
  type CreateDelegationTokenResponse,
  createDelegationTokenApi,
  makeCreateDelegationTokenResponse,
} from "@ottla/protocol/apis/create-delegation-token";
import { isMet, need } from "../authorisation.ts";
import type { Handler, RequestContext, Session } from "../handler.ts";
import { commitChange } from "../metadata/commit-change.ts";
import type { TokenPrincipal } from "../metadata/delegation-tokens.ts";
import { principalText } from "../security/principal.ts";
import { createToken, isSamePrincipal } from "../security/tokens/token-rules.ts";
import { mayAskForTokens, NO_TIME, principalFields, requesterFields, tokenLimits } from "./token-requests.ts";

const forOthers = need("CREATE_TOKENS", "USER", "the owner", {
  errorCode: ErrorCode.DELEGATION_TOKEN_AUTHORIZATION_FAILED,
  note: "not asked for a token of one's own",
});

export const createDelegationTokenHandler: Handler<CreateDelegationTokenRequest, CreateDelegationTokenResponse> = {
  api: createDelegationTokenApi,
  minVersion: 1,
  maxVersion: 3,
  authorisation: {
    needs: [forOthers],
    decide(context, request) {
      const { session, access } = context;
      const owner = ownerOf(request, session);
      const isOwn = isSamePrincipal(owner, session.principal);
      if (!mayAskForTokens(session) || isOwn || isMet(access, forOthers, principalText(owner))) return { kind: "go-on", request };
      return { kind: "answer", response: refused(forOthers.errorCode, request, context) };
    },
  },

  async handle(context, request) {
    const { broker, session } = context;
    if (!mayAskForTokens(session)) return refused(ErrorCode.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, request, context);
    if (request.renewers.some(({ principalType }) => principalType !== "User"))
      return refused(ErrorCode.INVALID_PRINCIPAL_TYPE, request, context);
    const parties = partiesOf(request, context);
    if (!broker.tokens.isEnabled)
      return makeCreateDelegationTokenResponse({ ...parties, errorCode: ErrorCode.DELEGATION_TOKEN_AUTH_DISABLED });
    const wish = {
      tokenId: randomUuid(broker.random),
      owner: ownerOf(request, session),
      requester: session.principal,
      renewers: request.renewers.map(({ principalType, principalName }) => ({ type: principalType, name: principalName })),
      maxLifetimeMs: request.maxLifetimeMs,
    };
    let outcome: ReturnType<typeof createToken> | undefined;
    const storageError = await commitChange(broker, () => {
      outcome = createToken(broker.metadata.delegationTokens, wish, tokenLimits(context), broker.clock.nowMs());
      return outcome.records;
    });
    const token = outcome?.token;
    if (storageError !== ErrorCode.NONE || outcome === undefined || token === undefined)
      return makeCreateDelegationTokenResponse({ ...parties, errorCode: storageError || outcome?.errorCode || storageError });
    return makeCreateDelegationTokenResponse({
      ...parties,
      issueTimestampMs: token.issuedAtMs,
      expiryTimestampMs: token.expiresAtMs,
      maxTimestampMs: token.maxTimestampMs,
      tokenId: token.tokenId,
      hmac: broker.tokens.hmacOf(token.tokenId),
    });
  },
};

function ownerOf({ ownerPrincipalType, ownerPrincipalName }: CreateDelegationTokenRequest, { principal }: Session): TokenPrincipal {
  return ownerPrincipalName ? { type: ownerPrincipalType ?? "", name: ownerPrincipalName } : principal;
}

function partiesOf(request: CreateDelegationTokenRequest, { session, version }: RequestContext) {
  return { ...principalFields(ownerOf(request, session)), ...requesterFields(session.principal, version) };
}

function refused(errorCode: number, request: CreateDelegationTokenRequest, context: RequestContext): CreateDelegationTokenResponse {
  return makeCreateDelegationTokenResponse({
    ...partiesOf(request, context),
    errorCode,
    issueTimestampMs: NO_TIME,
    expiryTimestampMs: NO_TIME,
    maxTimestampMs: NO_TIME,
  });
}
