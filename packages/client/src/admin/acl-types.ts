/** What an ACL protects. There is one resource of type `cluster`, with the name `kafka-cluster`; users are named as principals, `User:alice`. */
export type AclResourceType = "topic" | "group" | "cluster" | "transactionalId" | "delegationToken" | "user";

/** `literal`: the resource of that very name, or all of the type for `*`. `prefixed`: all whose names begin so. */
export type AclPatternType = "literal" | "prefixed";

/** What an ACL allows or denies. Allowing `read`, `write`, `delete` or `alter` allows `describe` too, and `alterConfigs` allows `describeConfigs`. */
export type AclOperation =
  | "all"
  | "read"
  | "write"
  | "create"
  | "delete"
  | "alter"
  | "describe"
  | "clusterAction"
  | "describeConfigs"
  | "alterConfigs"
  | "idempotentWrite"
  | "createTokens"
  | "describeTokens"
  | "twoPhaseCommit";

/** One ACL: who may, or may not, do what with which resource, and from where. An ACL that denies counts more than all that allow. */
export interface Acl {
  readonly resourceType: AclResourceType;
  readonly resourceName: string;
  readonly patternType: AclPatternType;
  /** `Type:name`, as in `User:alice`; `User:*` is everybody. */
  readonly principal: string;
  /** An address, since Apache Kafka 4.4 also a range such as `10.0.0.0/8`, or `*`. */
  readonly host: string;
  readonly operation: AclOperation;
  readonly permission: "allow" | "deny";
}

/** An ACL to be made. */
export type NewAcl = Omit<Acl, "patternType" | "host" | "permission"> & {
  /** Default `literal`. */
  readonly patternType?: AclPatternType | undefined;
  /** Default `*`. */
  readonly host?: string | undefined;
  /** Default `allow`. */
  readonly permission?: "allow" | "deny" | undefined;
};

/** Which ACLs are meant: what is left out lets everything pass. */
export interface AclFilter {
  readonly resourceType?: AclResourceType | undefined;
  readonly resourceName?: string | undefined;
  /** `any` (default): ACLs of that very name, literal or prefixed. `match`: every ACL that concerns the resource of that name. */
  readonly patternType?: AclPatternType | "any" | "match" | undefined;
  readonly principal?: string | undefined;
  readonly host?: string | undefined;
  readonly operation?: AclOperation | undefined;
  readonly permission?: "allow" | "deny" | undefined;
}
