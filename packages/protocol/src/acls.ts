import { IMPLYING_OPERATIONS } from "@ottla/base";

// The numbers and names that ACLs have in the protocol (KIP-11, KIP-290, KIP-373, KIP-939). `UNKNOWN` (0) stands for what a newer version may send.

/** What an ACL protects. `ANY` is for filters. */
export const ResourceType = {
  ANY: 1,
  TOPIC: 2,
  GROUP: 3,
  CLUSTER: 4,
  TRANSACTIONAL_ID: 5,
  DELEGATION_TOKEN: 6,
  USER: 7,
} as const;

/** How an ACL's resource name is read. `ANY` and `MATCH` are for filters: `MATCH` finds every ACL that concerns the resource of that very name. */
export const PatternType = { ANY: 1, MATCH: 2, LITERAL: 3, PREFIXED: 4 } as const;

/** What an ACL allows or denies. `ANY` is for filters, `ALL` stands for every operation. */
export const AclOperation = {
  ANY: 1,
  ALL: 2,
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
  CREATE_TOKENS: 13,
  DESCRIBE_TOKENS: 14,
  TWO_PHASE_COMMIT: 15,
} as const;

/** Whether an ACL allows or denies. `ANY` is for filters. */
export const AclPermissionType = { ANY: 1, DENY: 2, ALLOW: 3 } as const;

/** The one resource of type `CLUSTER`. */
export const CLUSTER_NAME = "kafka-cluster";

/** As a literal resource name: every resource of the type. As a host: every host. In `User:*`: every user. */
export const ACL_WILDCARD = "*";

/** One ACL: who may, or may not, do what with which resource, and from where. All numbers are those of the protocol. */
export interface AclBinding {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly patternType: number;
  /** `Type:name`, as in `User:alice`. */
  readonly principal: string;
  /** An address as Java prints it, a range such as `10.0.0.0/8`, or `*`. */
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

/** Which ACLs are meant: each field that is null, or `ANY`, lets everything pass. */
export interface AclFilter {
  readonly resourceType: number;
  readonly resourceName: string | null;
  readonly patternType: number;
  readonly principal: string | null;
  readonly host: string | null;
  readonly operation: number;
  readonly permissionType: number;
}

/** For each operation the operations that imply it when they are allowed, as bits. */
const IMPLYING: Readonly<Record<number, number>> = Object.fromEntries(
  Object.entries(IMPLYING_OPERATIONS).map(([asked, implying]) => [
    operationOf(asked),
    implying.reduce((bits, name) => bits | (1 << operationOf(name)), 0),
  ]),
);

/** `describeConfigs` as the number of `DESCRIBE_CONFIGS`. */
function operationOf(name: string): number {
  return AclOperation[name.replaceAll(/[A-Z]/g, "_$&").toUpperCase() as keyof typeof AclOperation];
}

/** Whether an ACL that allows `given` lets `asked` pass. */
export function isImpliedBy(given: number, asked: number): boolean {
  return given === asked || given === AclOperation.ALL || ((IMPLYING[asked] ?? 0) & (1 << given)) !== 0;
}

const OPERATIONS_OF: Readonly<Record<number, readonly number[]>> = {
  [ResourceType.TOPIC]: [
    AclOperation.READ,
    AclOperation.WRITE,
    AclOperation.CREATE,
    AclOperation.DELETE,
    AclOperation.ALTER,
    AclOperation.DESCRIBE,
    AclOperation.DESCRIBE_CONFIGS,
    AclOperation.ALTER_CONFIGS,
  ],
  [ResourceType.GROUP]: [
    AclOperation.READ,
    AclOperation.DELETE,
    AclOperation.DESCRIBE,
    AclOperation.DESCRIBE_CONFIGS,
    AclOperation.ALTER_CONFIGS,
  ],
  [ResourceType.CLUSTER]: [
    AclOperation.CREATE,
    AclOperation.ALTER,
    AclOperation.DESCRIBE,
    AclOperation.CLUSTER_ACTION,
    AclOperation.DESCRIBE_CONFIGS,
    AclOperation.ALTER_CONFIGS,
    AclOperation.IDEMPOTENT_WRITE,
  ],
  [ResourceType.TRANSACTIONAL_ID]: [AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.TWO_PHASE_COMMIT],
  [ResourceType.DELEGATION_TOKEN]: [AclOperation.DESCRIBE],
  [ResourceType.USER]: [AclOperation.CREATE_TOKENS, AclOperation.DESCRIBE_TOKENS],
};

/** The operations that make sense on a type of resource, ascending; none where there is no such type. Source: Kafka's AclEntry. */
export function operationsOf(resourceType: number): readonly number[] {
  return OPERATIONS_OF[resourceType] ?? [];
}
