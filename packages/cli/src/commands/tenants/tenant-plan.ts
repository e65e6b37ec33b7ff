import type { Acl } from "@ottla/client";
import { aclText } from "../acls/acl-words.ts";
import type { Mechanism } from "../users/user-mechanisms.ts";
import type { Right, Tenant, TenantUser } from "./tenant-file.ts";

/** What is there of one tenant. */
export interface TenantState {
  /** Of the users of the file: the mechanisms they may log in by. */
  readonly mechanisms: ReadonlyMap<string, readonly Mechanism[]>;
  /** Every ACL for the tenant's prefix, whoever's it is. */
  readonly acls: readonly Acl[];
  /** Of the users of the file: their own limits. */
  readonly quotas: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** One thing to be done. */
export type Step =
  | { readonly kind: "set-password"; readonly user: TenantUser; readonly mechanism: Mechanism }
  | { readonly kind: "remove-password"; readonly user: string; readonly mechanism: Mechanism }
  | { readonly kind: "set-quota"; readonly user: string; readonly name: string; readonly value: number }
  | { readonly kind: "remove-quota"; readonly user: string; readonly name: string }
  | { readonly kind: "add-acl"; readonly acl: Acl }
  | { readonly kind: "remove-acl"; readonly acl: Acl };

/** What is to be done for one tenant, in the order in which it must be done; steps of one phase are of one sort, and may be done in any order. */
export type Plan = readonly (readonly Step[])[];

/** By right: what is allowed on the prefix. Reading, writing and deleting imply describing. */
const RIGHTS: Readonly<Record<Right, readonly Pick<Acl, "resourceType" | "operation">[]>> = {
  produce: [
    { resourceType: "topic", operation: "write" },
    { resourceType: "transactionalId", operation: "write" },
  ],
  consume: [
    { resourceType: "topic", operation: "read" },
    { resourceType: "group", operation: "read" },
  ],
  admin: [
    { resourceType: "topic", operation: "create" },
    { resourceType: "topic", operation: "delete" },
    { resourceType: "topic", operation: "alter" },
    { resourceType: "topic", operation: "alterConfigs" },
    { resourceType: "group", operation: "delete" },
  ],
};

/** The ACLs that a tenant is to have. */
function aclsOf({ prefix, users, hosts }: Tenant): readonly Acl[] {
  return users.flatMap(({ name, may }) =>
    may.flatMap((right) =>
      RIGHTS[right].flatMap((what) =>
        hosts.map((host) => ({
          ...what,
          resourceName: prefix,
          patternType: "prefixed" as const,
          principal: `User:${name}`,
          host,
          permission: "allow" as const,
        })),
      ),
    ),
  );
}

/** What makes the cluster as the file says. Logins and limits come before what they may do, so that nobody is ever without limits; a password that is there stays. */
export function planApply(tenant: Tenant, state: TenantState): Plan {
  const wanted = new Map(aclsOf(tenant).map((acl) => [aclText(acl), acl]));
  const there = new Map(state.acls.map((acl) => [aclText(acl), acl]));
  return [
    tenant.users.flatMap((user) =>
      user.mechanisms
        .filter((mechanism) => !state.mechanisms.get(user.name)?.includes(mechanism))
        .map((mechanism): Step => ({ kind: "set-password", user, mechanism })),
    ),
    tenant.users.flatMap(({ name }) => quotaSteps(name, tenant.quotas, state.quotas.get(name) ?? new Map())),
    // What is allowed no more goes before what is new.
    [...there].filter(([key]) => !wanted.has(key)).map(([, acl]): Step => ({ kind: "remove-acl", acl })),
    [...wanted].filter(([key]) => !there.has(key)).map(([, acl]): Step => ({ kind: "add-acl", acl })),
  ];
}

/** What takes a tenant away: first what it may do. Its topics and groups stay. */
export function planRemoval(tenant: Tenant, state: TenantState): Plan {
  return [
    state.acls.map((acl): Step => ({ kind: "remove-acl", acl })),
    tenant.users.flatMap(({ name }) =>
      (state.mechanisms.get(name) ?? []).map((mechanism): Step => ({ kind: "remove-password", user: name, mechanism })),
    ),
    tenant.users.flatMap(({ name }) => quotaSteps(name, new Map(), state.quotas.get(name) ?? new Map())),
  ];
}

function quotaSteps(user: string, wanted: ReadonlyMap<string, number>, there: ReadonlyMap<string, number>): Step[] {
  return [
    ...[...wanted]
      .filter(([name, value]) => there.get(name) !== value)
      .map(([name, value]): Step => ({ kind: "set-quota", user, name, value })),
    ...[...there.keys()].filter((name) => !wanted.has(name)).map((name): Step => ({ kind: "remove-quota", user, name })),
  ];
}

/** A step in a line: what comes with "+", what goes with "-". */
export function stepText(step: Step): string {
  switch (step.kind) {
    case "set-password":
      return `+ user ${step.user.name} (${step.mechanism})`;
    case "remove-password":
      return `- user ${step.user} (${step.mechanism})`;
    case "set-quota":
      return `+ quota of ${step.user}: ${step.name} ${step.value}`;
    case "remove-quota":
      return `- quota of ${step.user}: ${step.name}`;
    case "add-acl":
      return `+ ${aclText(step.acl)}`;
    case "remove-acl":
      return `- ${aclText(step.acl)}`;
  }
}

/** Whom a step is about. */
export function userOf(step: Step): string {
  if ("acl" in step) return step.acl.principal.replace(/^User:/, "");
  return step.kind === "set-password" ? step.user.name : step.user;
}
