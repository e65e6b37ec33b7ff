import {
  type AclBinding,
  type AclFilter,
  AclOperation,
  AclPermissionType,
  ACL_WILDCARD,
  CLUSTER_NAME,
  PatternType,
  ResourceType,
} from "@ottla/protocol";
import { isRange, rangeFault } from "./acl-host.ts";
import { matchesFilter } from "./acl-filter.ts";
import { nameOf } from "./acl-words.ts";

/** ACLs that one request may make or remove; Kafka's bound. */
export const ACLS_PER_REQUEST_MAX = 10_000;
/** ACLs of a cluster: each takes about half a kilobyte of memory. */
export const ACLS_MAX = 200_000;
/** Filters of one request that concern more than one resource: each is compared with every ACL. */
export const BROAD_FILTERS_MAX = 200;

/** What is told of numbers that this version does not know. */
export const UNKNOWN_NUMBERS = "A resource type, pattern type, operation or permission has a number that this broker does not know.";

/** Why an ACL cannot be made, as a sentence; undefined where it can. Source: Kafka's AclApis and AclControlManager. */
export function newAclFault(acl: AclBinding): string | undefined {
  const { resourceType, resourceName, patternType, principal, host, operation, permissionType } = acl;
  if (resourceType === ResourceType.CLUSTER && resourceName !== CLUSTER_NAME)
    return `The only valid name for the CLUSTER resource is ${CLUSTER_NAME}`;
  if (resourceName === "") return "Invalid empty resource name";
  if (resourceType === ResourceType.ANY) return "Invalid resourceType ANY";
  if (patternType !== PatternType.LITERAL && patternType !== PatternType.PREFIXED)
    return `Invalid patternType ${nameOf(PatternType, patternType)}`;
  if (operation === AclOperation.ANY) return "Invalid operation ANY";
  if (permissionType === AclPermissionType.ANY) return "Invalid permissionType ANY";
  if (!principal.includes(":"))
    return `Could not parse principal from \`${principal}\` (no colon is present separating the principal type from the principal name)`;
  if (host === "") return "Host pattern cannot be null or empty";
  return host !== ACL_WILDCARD && isRange(host) ? rangeFault(host) : undefined;
}

/** The ACLs of a cluster, ready for many filters: one that names a resource exactly looks at that resource's ACLs alone. */
export class AclSelection {
  readonly #all: readonly AclBinding[];
  #byPattern: Map<string, AclBinding[]> | undefined;

  constructor(acls: Iterable<AclBinding>) {
    this.#all = [...acls];
  }

  matching(filter: AclFilter): readonly AclBinding[] {
    const among = isBroad(filter) ? this.#all : (this.#patterns().get(patternKey(filter)) ?? []);
    return among.filter((acl) => matchesFilter(filter, acl));
  }

  #patterns(): ReadonlyMap<string, AclBinding[]> {
    if (this.#byPattern) return this.#byPattern;
    const byPattern = new Map<string, AclBinding[]>();
    for (const acl of this.#all) {
      const key = patternKey(acl);
      const others = byPattern.get(key);
      if (others) others.push(acl);
      else byPattern.set(key, [acl]);
    }
    this.#byPattern = byPattern;
    return byPattern;
  }
}

/** Whether a filter may concern ACLs of more than one resource pattern. */
export function isBroad({ resourceType, resourceName, patternType }: AclFilter): boolean {
  return (
    resourceType === ResourceType.ANY ||
    resourceName === null ||
    (patternType !== PatternType.LITERAL && patternType !== PatternType.PREFIXED)
  );
}

function patternKey({ resourceType, resourceName, patternType }: Pick<AclFilter, "resourceType" | "resourceName" | "patternType">): string {
  return `${resourceType}:${patternType}:${resourceName}`;
}
