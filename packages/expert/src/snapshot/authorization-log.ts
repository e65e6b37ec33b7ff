/** Something that the brokers' authorizer allowed, by its log. */
export interface AllowedUse {
  /** `User:alice`. */
  readonly principal: string;
  /** `read`, `write`, `describe`, …, as ACLs name it. */
  readonly operation: string;
  /** `topic`, `group`, `cluster`, `transactionalId`, … */
  readonly resourceType: string;
  readonly resourceName: string;
}

/** The log of the brokers' authorizer: what it allowed, without repeats, and from when to when it reaches. */
export interface AuthorizationLog {
  /** Since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly allowed: readonly AllowedUse[];
}
