import type { Random } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import * as quotas from "@ottla/protocol/apis/alter-client-quotas";
import * as users from "@ottla/protocol/apis/alter-user-scram-credentials";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { createDelegationTokenApi, makeCreateDelegationTokenRequest } from "@ottla/protocol/apis/create-delegation-token";
import { deleteAclsApi, makeDeleteAclsFilter, makeDeleteAclsRequest } from "@ottla/protocol/apis/delete-acls";
import { expireDelegationTokenApi, makeExpireDelegationTokenRequest } from "@ottla/protocol/apis/expire-delegation-token";
import { makeRenewDelegationTokenRequest, renewDelegationTokenApi } from "@ottla/protocol/apis/renew-delegation-token";
import type { BrokerState } from "../../broker-state.ts";
import type { SecureClient } from "./secure-client.ts";

/** Of a broker at which alice may change them all. */
export const SETTINGS = {
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "super.users": "User:alice",
  "delegation.token.secret.key": "a key for tokens",
  "delegation.token.expiry.time.ms": "600000",
};
/** What is not there. */
export const GONE = "gone";

/** One thing that is changed by one client, step by step. */
export interface Thing {
  /** What it is now. */
  read(state: BrokerState): string;
  /** Changes it somehow; resolves to what it is from now on, undefined where nobody answered. `begun` hears beforehand what it may become. */
  change(client: SecureClient, random: Random, begun: (mayBecome: (value: string) => boolean) => void): Promise<string | undefined>;
}

/** A delegation token: created, renewed and ended. */
export function aToken(): Thing {
  let token: { readonly tokenId: string; readonly hmac: Buffer } | undefined;
  return {
    read({ metadata }) {
      const found = token && metadata.delegationTokens.of(token.tokenId);
      if (found === undefined) token = undefined;
      return found === undefined ? GONE : String(found.expiresAtMs);
    },
    async change(client, random, begun) {
      if (token === undefined) {
        // One of which nobody heard is somebody else's.
        begun((value) => value === GONE);
        const made = await client.send(createDelegationTokenApi, 3, makeCreateDelegationTokenRequest({ maxLifetimeMs: -1 }));
        if (made === "closed" || made.errorCode !== ErrorCode.NONE) return undefined;
        token = made;
        return String(made.expiryTimestampMs);
      }
      const { hmac } = token;
      if (random.nextInt(3) > 0) {
        begun((value) => value !== GONE);
        const renewPeriodMs = 1000 + random.nextInt(500_000);
        const renewed = await client.send(renewDelegationTokenApi, 2, makeRenewDelegationTokenRequest({ hmac, renewPeriodMs }));
        return renewed === "closed" || renewed.errorCode !== ErrorCode.NONE ? undefined : String(renewed.expiryTimestampMs);
      }
      begun((value) => value === GONE);
      const ended = await client.send(expireDelegationTokenApi, 2, makeExpireDelegationTokenRequest({ hmac, expiryTimePeriodMs: -1 }));
      if (ended === "closed" || ended.errorCode !== ErrorCode.NONE) return undefined;
      token = undefined;
      return GONE;
    },
  };
}

/** A SCRAM credential. */
export function aUser(name: string): Thing {
  let isThere = false;
  return {
    read({ metadata }) {
      const iterations = metadata.scram.of(name, "SCRAM-SHA-256")?.iterations;
      return iterations === undefined ? GONE : String(iterations);
    },
    async change(client, random, begun) {
      const isRemoved = isThere && random.nextInt(3) === 0;
      const iterations = 4096 + random.nextInt(1000);
      const becomes = isRemoved ? GONE : String(iterations);
      begun((value) => value === becomes);
      const answer = await client.send(
        users.alterUserScramCredentialsApi,
        0,
        users.makeAlterUserScramCredentialsRequest({
          deletions: isRemoved ? [users.makeScramCredentialDeletion({ name, mechanism: 1 })] : [],
          upsertions: isRemoved
            ? []
            : [
                users.makeScramCredentialUpsertion({
                  name,
                  mechanism: 1,
                  iterations,
                  salt: Buffer.from("salt"),
                  saltedPassword: Buffer.alloc(32),
                }),
              ],
        }),
      );
      if (answer === "closed" || answer.results[0]?.errorCode !== ErrorCode.NONE) return undefined;
      isThere = !isRemoved;
      return becomes;
    },
  };
}

/** A limit of a user. */
export function aQuota(user: string): Thing {
  return {
    read: ({ metadata }) =>
      String([...metadata.clientQuotas()].find(({ entity }) => entity.user === user)?.limits["producer_byte_rate"] ?? GONE),
    async change(client, random, begun) {
      const remove = random.nextInt(3) === 0;
      const value = 1 + random.nextInt(1000);
      const becomes = remove ? GONE : String(value);
      begun((now) => now === becomes);
      const entity = [quotas.makeAlterClientQuotasRequestEntityData({ entityType: "user", entityName: user })];
      const ops = [quotas.makeOpData({ key: "producer_byte_rate", value, remove })];
      const entries = [quotas.makeAlterClientQuotasRequestEntryData({ entity, ops })];
      const answer = await client.send(quotas.alterClientQuotasApi, 1, quotas.makeAlterClientQuotasRequest({ entries }));
      return answer === "closed" || answer.entries[0]?.errorCode !== ErrorCode.NONE ? undefined : becomes;
    },
  };
}

/** An ACL of a prefix. */
export function anAcl(resourceName: string): Thing {
  const fields = { resourceType: 2, operation: 3, permissionType: 3, principal: "User:bob", host: "*" };
  return {
    read: ({ metadata }) => ([...metadata.acls()].some((acl) => acl.resourceName === resourceName) ? "there" : GONE),
    async change(client, random, begun) {
      const isRemoved = random.nextInt(2) === 0;
      const becomes = isRemoved ? GONE : "there";
      begun((value) => value === becomes);
      const creations = [makeAclCreation({ ...fields, resourceName, resourcePatternType: 3 })];
      const { resourceType: resourceTypeFilter, operation, permissionType } = fields;
      const filter = {
        resourceTypeFilter,
        resourceNameFilter: resourceName,
        patternTypeFilter: 3,
        principalFilter: null,
        hostFilter: null,
        operation,
        permissionType,
      };
      const answer = isRemoved
        ? await client.send(deleteAclsApi, 3, makeDeleteAclsRequest({ filters: [makeDeleteAclsFilter(filter)] }))
        : await client.send(createAclsApi, 3, makeCreateAclsRequest({ creations }));
      if (answer === "closed") return undefined;
      const [result] = "filterResults" in answer ? answer.filterResults : answer.results;
      return result?.errorCode === ErrorCode.NONE ? becomes : undefined;
    },
  };
}
