import type { Admin } from "@ottla/client";
import type { Mechanism } from "../users/user-mechanisms.ts";
import type { Tenant } from "./tenant-file.ts";
import type { TenantState } from "./tenant-plan.ts";

/** What is there of each tenant, in their order. */
export async function readStates(admin: Admin, tenants: readonly Tenant[]): Promise<readonly TenantState[]> {
  const users = tenants.flatMap((tenant) => tenant.users.map(({ name }) => name));
  const mechanisms = new Map<string, readonly Mechanism[]>();
  for (const { name, value, error } of await admin.describeUserScramCredentials(users)) {
    if (error && error.code !== "RESOURCE_NOT_FOUND") throw error;
    mechanisms.set(
      name,
      (value ?? []).map(({ mechanism }) => mechanism),
    );
  }
  const quotas = new Map<string, ReadonlyMap<string, number>>();
  for (const { entity, quotas: limits } of await admin.describeClientQuotas({ user: "any", strict: true }))
    if (typeof entity.user === "string") quotas.set(entity.user, limits);
  const states: TenantState[] = [];
  for (const { prefix } of tenants)
    states.push({ mechanisms, quotas, acls: await admin.describeAcls({ resourceName: prefix, patternType: "prefixed" }) });
  return states;
}
