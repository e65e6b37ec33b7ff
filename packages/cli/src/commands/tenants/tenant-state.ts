import type { Acl, Admin } from "@ottla/client";
import type { Mechanism } from "../users/user-mechanisms.ts";
import type { Tenant } from "./tenant-file.ts";
import type { TenantState } from "./tenant-plan.ts";

const USERS_PER_REQUEST = 1000;
/** A broker looks through all ACLs for each prefix: of more tenants than this all prefixes are asked for at once. */
const ASKED_ONE_BY_ONE_MAX = 20;

/** What is there of each tenant, in their order. */
export async function readStates(admin: Admin, tenants: readonly Tenant[]): Promise<readonly TenantState[]> {
  const mechanisms = await mechanismsOf(
    admin,
    tenants.flatMap((tenant) => tenant.users.map(({ name }) => name)),
  );
  const quotas = new Map<string, ReadonlyMap<string, number>>();
  for (const { entity, quotas: limits } of await admin.describeClientQuotas({ user: "any", strict: true }))
    if (typeof entity.user === "string") quotas.set(entity.user, limits);
  const acls = await aclsByPrefix(admin, tenants);
  return tenants.map(({ prefix }) => ({ mechanisms, quotas, acls: acls.get(prefix) ?? [] }));
}

async function mechanismsOf(admin: Admin, users: readonly string[]): Promise<ReadonlyMap<string, readonly Mechanism[]>> {
  const mechanisms = new Map<string, readonly Mechanism[]>();
  for (let at = 0; at < users.length; at += USERS_PER_REQUEST) {
    for (const { name, value, error } of await admin.describeUserScramCredentials(users.slice(at, at + USERS_PER_REQUEST))) {
      if (error && error.code !== "RESOURCE_NOT_FOUND") throw error;
      mechanisms.set(
        name,
        (value ?? []).map(({ mechanism }) => mechanism),
      );
    }
  }
  return mechanisms;
}

async function aclsByPrefix(admin: Admin, tenants: readonly Tenant[]): Promise<ReadonlyMap<string, readonly Acl[]>> {
  if (tenants.length > ASKED_ONE_BY_ONE_MAX)
    return Map.groupBy(await admin.describeAcls({ patternType: "prefixed" }), ({ resourceName }) => resourceName);
  const acls = new Map<string, readonly Acl[]>();
  for (const { prefix } of tenants) acls.set(prefix, await admin.describeAcls({ resourceName: prefix, patternType: "prefixed" }));
  return acls;
}
