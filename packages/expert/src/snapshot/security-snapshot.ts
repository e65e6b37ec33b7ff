/** Whom a quota is for. Null is the default of that kind, for all that have no quota of their own. */
export interface QuotaSubject {
  readonly user?: string | null | undefined;
  readonly clientId?: string | null | undefined;
  readonly ip?: string | null | undefined;
}

export interface QuotaSnapshot {
  readonly entity: QuotaSubject;
  /** By Kafka's names: `producer_byte_rate`, `consumer_byte_rate`, … */
  readonly quotas: Readonly<Record<string, number>>;
}

/** Who may, or may not, do what with which resource, by the names of the client's `Acl`. */
export interface AclEntry {
  /** `topic`, `group`, `cluster`, `transactionalId`, `delegationToken`, `user`. */
  readonly resourceType: string;
  readonly resourceName: string;
  /** `literal` or `prefixed`. */
  readonly patternType: string;
  /** `Type:name`, as in `User:alice`; `User:*` is everybody. */
  readonly principal: string;
  readonly host: string;
  /** `all`, `read`, `write`, `alter`, … */
  readonly operation: string;
  readonly permission: "allow" | "deny";
}

/** `disabled`: the brokers have no authorizer, so everybody may do everything. */
export type AclSnapshot = { readonly authorizer: "disabled" } | { readonly authorizer: "enabled"; readonly acls: readonly AclEntry[] };

export interface ScramUserSnapshot {
  readonly user: string;
  readonly credentials: readonly { readonly mechanism: string; readonly iterations: number }[];
}

/** A delegation token, without its secret. */
export interface TokenSnapshot {
  readonly tokenId: string;
  readonly owner: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly maxTimestampMs: number;
}
