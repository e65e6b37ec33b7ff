import type { Admin } from "@ottla/client";
import { mapObserved, notObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { AclSnapshot, QuotaSnapshot, ScramUserSnapshot, TokenSnapshot } from "../../snapshot/security-snapshot.ts";
import type { CallPacer } from "./call-pacer.ts";

/** ACLs, or that there is no authorizer. */
export function collectAcls(admin: Admin, pacer: CallPacer): Promise<Observed<AclSnapshot>> {
  return pacer.run(1, async (options): Promise<AclSnapshot> => {
    try {
      return { authorizer: "enabled", acls: await admin.describeAcls({}, options) };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "SECURITY_DISABLED") return { authorizer: "disabled" };
      throw error;
    }
  });
}

/** Quotas of all. */
export async function collectQuotas(admin: Admin, pacer: CallPacer): Promise<Observed<readonly QuotaSnapshot[]>> {
  const seen = await pacer.run(1, (options) => admin.describeClientQuotas(undefined, options));
  return mapObserved(seen, (all) => all.map(({ entity, quotas }) => ({ entity, quotas: Object.fromEntries(quotas) })));
}

/** Users with SCRAM credentials; no secret is readable. */
export async function collectScramUsers(admin: Admin, pacer: CallPacer): Promise<Observed<readonly ScramUserSnapshot[]>> {
  const seen = await pacer.run(1, (options) => admin.describeUserScramCredentials(undefined, options));
  return mapObserved(seen, (all) =>
    all.map(({ name, value = [] }) => ({ user: name, credentials: value.map(({ mechanism, iterations }) => ({ mechanism, iterations })) })),
  );
}

/** Delegation tokens that this principal may see, without their secrets. */
export async function collectTokens(admin: Admin, pacer: CallPacer): Promise<Observed<readonly TokenSnapshot[]>> {
  return pacer
    .run(1, async (options): Promise<Observed<readonly TokenSnapshot[]>> => {
      try {
        const tokens = await admin.describeDelegationToken(options);
        return observed(
          tokens.map(({ tokenId, owner, issuedAtMs, expiresAtMs, maxTimestampMs }) => ({
            tokenId,
            owner,
            issuedAtMs,
            expiresAtMs,
            maxTimestampMs,
          })),
        );
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "DELEGATION_TOKEN_AUTH_DISABLED") return observed([]);
        if (code === "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED")
          return notObserved("refused", "Delegation tokens are shown only over connections that have logged in.");
        throw error;
      }
    })
    .then((seen) => ("value" in seen ? seen.value : seen));
}
