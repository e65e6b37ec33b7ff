import {
  createDelegationTokenApi,
  makeCreatableRenewers,
  makeCreateDelegationTokenRequest,
} from "@ottla/protocol/apis/create-delegation-token";
import {
  describeDelegationTokenApi,
  makeDescribeDelegationTokenOwner,
  makeDescribeDelegationTokenRequest,
} from "@ottla/protocol/apis/describe-delegation-token";
import { expireDelegationTokenApi, makeExpireDelegationTokenRequest } from "@ottla/protocol/apis/expire-delegation-token";
import { makeRenewDelegationTokenRequest, renewDelegationTokenApi } from "@ottla/protocol/apis/renew-delegation-token";
import { throwIfRefused } from "../../outcome.ts";
import type { CallOptions } from "../../options/call-options.ts";
import { type AdminContext, askAnyBroker, askController } from "../admin-context.ts";
import type { DelegationToken, LoginAdmin } from "./security-types.ts";

/** The broker's own limit holds. */
const BROKERS_DEFAULT = -1;
/** An owner other than the asker, and who asked, came with it (KIP-373). */
const OWNER_VERSION = 3;

export function createDelegationToken(
  context: AdminContext,
  options: NonNullable<Parameters<LoginAdmin["createDelegationToken"]>[0]> = {},
): Promise<DelegationToken> {
  const { owner, renewers = [], maxLifetimeMs = BROKERS_DEFAULT } = options;
  const ownerParts = owner === undefined ? undefined : partsOf(owner);
  const request = makeCreateDelegationTokenRequest({
    ownerPrincipalType: ownerParts?.type ?? null,
    ownerPrincipalName: ownerParts?.name ?? null,
    renewers: renewers.map(partsOf).map(({ type, name }) => makeCreatableRenewers({ principalType: type, principalName: name })),
    maxLifetimeMs,
  });
  return askController(
    context,
    createDelegationTokenApi,
    () => request,
    (response) => {
      throwIfRefused(response.errorCode);
      return tokenOf(
        {
          ...response,
          issueTimestamp: response.issueTimestampMs,
          expiryTimestamp: response.expiryTimestampMs,
          maxTimestamp: response.maxTimestampMs,
        },
        renewers,
      );
    },
    { ...options, ...(owner !== undefined && { min: OWNER_VERSION }) },
  );
}

export function describeDelegationToken(
  context: AdminContext,
  options: NonNullable<Parameters<LoginAdmin["describeDelegationToken"]>[0]> = {},
): Promise<readonly DelegationToken[]> {
  const owners = options.owners
    ?.map(partsOf)
    .map(({ type, name }) => makeDescribeDelegationTokenOwner({ principalType: type, principalName: name }));
  const request = makeDescribeDelegationTokenRequest({ owners: owners ?? null });
  return askAnyBroker(
    context,
    describeDelegationTokenApi,
    () => request,
    (response) => {
      throwIfRefused(response.errorCode);
      return response.tokens.map((token) =>
        tokenOf(
          token,
          token.renewers.map(({ principalType, principalName }) => `${principalType}:${principalName}`),
        ),
      );
    },
    options,
  );
}

export function renewDelegationToken(
  context: AdminContext,
  hmac: string,
  options: CallOptions & { readonly renewPeriodMs?: number } = {},
): Promise<number> {
  const request = makeRenewDelegationTokenRequest({
    hmac: Buffer.from(hmac, "base64"),
    renewPeriodMs: options.renewPeriodMs ?? BROKERS_DEFAULT,
  });
  return askController(context, renewDelegationTokenApi, () => request, readExpiry, options);
}

export function expireDelegationToken(
  context: AdminContext,
  hmac: string,
  options: CallOptions & { readonly expiryPeriodMs?: number } = {},
): Promise<number> {
  const request = makeExpireDelegationTokenRequest({
    hmac: Buffer.from(hmac, "base64"),
    expiryTimePeriodMs: options.expiryPeriodMs ?? BROKERS_DEFAULT,
  });
  return askController(context, expireDelegationTokenApi, () => request, readExpiry, options);
}

function readExpiry({ errorCode, expiryTimestampMs }: { readonly errorCode: number; readonly expiryTimestampMs: number }): number {
  throwIfRefused(errorCode);
  return expiryTimestampMs;
}

interface WireToken {
  readonly principalType: string;
  readonly principalName: string;
  readonly tokenRequesterPrincipalType: string;
  readonly tokenRequesterPrincipalName: string;
  readonly issueTimestamp: number;
  readonly expiryTimestamp: number;
  readonly maxTimestamp: number;
  readonly tokenId: string;
  readonly hmac: Buffer;
}

function tokenOf(token: WireToken, renewers: readonly string[]): DelegationToken {
  const owner = `${token.principalType}:${token.principalName}`;
  const shown = {
    tokenId: token.tokenId,
    owner,
    // Brokers before 3.3 do not tell: it was the owner.
    requester:
      token.tokenRequesterPrincipalName === "" ? owner : `${token.tokenRequesterPrincipalType}:${token.tokenRequesterPrincipalName}`,
    renewers,
    issuedAtMs: token.issueTimestamp,
    expiresAtMs: token.expiryTimestamp,
    maxTimestampMs: token.maxTimestamp,
  };
  // Not among what is printed or copied: it is the token's whole power.
  return Object.defineProperty(shown, "hmac", { value: token.hmac.toString("base64") }) as typeof shown & { readonly hmac: string };
}

function partsOf(principal: string): { readonly type: string; readonly name: string } {
  const colon = principal.indexOf(":");
  return { type: principal.slice(0, colon), name: principal.slice(colon + 1) };
}
