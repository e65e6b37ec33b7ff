import { type AclBinding, ErrorCode } from "@ottla/protocol";
import type { AlterClientQuotasRequest, AlterClientQuotasResponse } from "@ottla/protocol/apis/alter-client-quotas";
import type {
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
} from "@ottla/protocol/apis/alter-user-scram-credentials";
import type { CreateAclsRequest, CreateAclsResponse } from "@ottla/protocol/apis/create-acls";
import type { CreateDelegationTokenRequest, CreateDelegationTokenResponse } from "@ottla/protocol/apis/create-delegation-token";
import type { DeleteAclsRequest, DeleteAclsResponse } from "@ottla/protocol/apis/delete-acls";
import type { ExpireDelegationTokenRequest, ExpireDelegationTokenResponse } from "@ottla/protocol/apis/expire-delegation-token";
import type { RenewDelegationTokenRequest, RenewDelegationTokenResponse } from "@ottla/protocol/apis/renew-delegation-token";
import { scramMechanism } from "../../../metadata/scram-credentials.ts";
import { auditAcl, shortName } from "../audit-names.ts";
import { type ChangeReader, changeItem } from "./change-item.ts";

export const createdAcls: ChangeReader<CreateAclsRequest, CreateAclsResponse> = ({ creations }, { results }) =>
  creations.map(({ resourcePatternType, ...rest }, at) =>
    aclChange("create", { ...rest, patternType: resourcePatternType }, results[at]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR),
  );

export const deletedAcls: ChangeReader<DeleteAclsRequest, DeleteAclsResponse> = ({ filters }, { filterResults }) =>
  filterResults.flatMap(({ errorCode, matchingAcls }, at) => {
    if (errorCode === ErrorCode.NONE) return matchingAcls.map((acl) => aclChange("delete", acl, acl.errorCode));
    const { principalFilter, resourceNameFilter } = filters[at] ?? { principalFilter: null, resourceNameFilter: null };
    const detail = {
      ...(principalFilter !== null && { principal: shortName(principalFilter) }),
      ...(resourceNameFilter !== null && { resourceName: shortName(resourceNameFilter) }),
    };
    return [changeItem({ action: "delete", type: "ACL", name: undefined, errorCode, detail })];
  });

function aclChange(action: "create" | "delete", acl: AclBinding, errorCode: number) {
  return changeItem({ action, type: "ACL", name: acl.resourceName, errorCode, detail: { ...auditAcl(acl) } });
}

export const alteredQuotas: ChangeReader<AlterClientQuotasRequest, AlterClientQuotasResponse> = (
  { entries, validateOnly },
  { entries: results },
) =>
  entries.map(({ entity, ops }, at) => {
    const name = entity.map(({ entityType, entityName }) => `${entityType}=${entityName ?? "<default>"}`).join(",");
    const limits = Object.fromEntries(ops.slice(0, LIMITS_MAX).map(({ key, value, remove }) => [shortName(key), remove ? null : value]));
    const errorCode = results[at]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR;
    return changeItem({ action: "alter", type: "CLIENT_QUOTA", name, errorCode, detail: { limits }, isCheckOnly: validateOnly });
  });

const LIMITS_MAX = 20;

/** Neither salt nor anything made of the password. */
export const alteredScramUsers: ChangeReader<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse> = (
  { deletions, upsertions },
  { results },
) => {
  const errors = new Map(results.map(({ user, errorCode }) => [user, errorCode]));
  const errorOf = (user: string): number => errors.get(user) ?? ErrorCode.UNKNOWN_SERVER_ERROR;
  return [
    ...deletions.map(({ name, mechanism }) =>
      changeItem({ action: "delete", type: "USER", name, errorCode: errorOf(name), detail: { mechanism: mechanismName(mechanism) } }),
    ),
    ...upsertions.map(({ name, mechanism, iterations }) =>
      changeItem({
        action: "alter",
        type: "USER",
        name,
        errorCode: errorOf(name),
        detail: { mechanism: mechanismName(mechanism), iterations },
      }),
    ),
  ];
};

function mechanismName(code: number): string {
  return scramMechanism(code)?.name ?? String(code);
}

export const createdToken: ChangeReader<CreateDelegationTokenRequest, CreateDelegationTokenResponse> = ({ renewers }, response) => {
  const { errorCode, tokenId, principalType, principalName, maxTimestampMs } = response;
  const isMade = errorCode === ErrorCode.NONE;
  const detail = isMade
    ? { owner: shortName(`${principalType}:${principalName}`), renewers: renewers.length, endsAtMs: maxTimestampMs }
    : undefined;
  return [changeItem({ action: "create", type: "DELEGATION_TOKEN", name: isMade ? tokenId : undefined, errorCode, detail })];
};

/** The request names the token by what must not be told. */
export const renewedToken: ChangeReader<RenewDelegationTokenRequest, RenewDelegationTokenResponse> = (_request, response) => [
  tokenChange("alter", response),
];

export const expiredToken: ChangeReader<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse> = (
  { expiryTimePeriodMs },
  response,
) => [tokenChange(expiryTimePeriodMs < 0 ? "delete" : "alter", response)];

function tokenChange(
  action: "alter" | "delete",
  { errorCode, expiryTimestampMs }: { readonly errorCode: number; readonly expiryTimestampMs: number },
) {
  const detail = errorCode === ErrorCode.NONE ? { expiresAtMs: expiryTimestampMs } : undefined;
  return changeItem({ action, type: "DELEGATION_TOKEN", name: undefined, errorCode, detail });
}
