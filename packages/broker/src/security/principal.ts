/** Who a connection speaks for, as ACLs and quotas name it. */
export interface Principal {
  readonly type: string;
  readonly name: string;
}

/** Whom Kafka sees behind a connection that did not have to say who it is. */
export const ANONYMOUS: Principal = { type: "User", name: "ANONYMOUS" };

/** The principal of a user's name. */
export function userPrincipal(name: string): Principal {
  return { type: "User", name };
}

/** As Kafka writes it: `User:alice`. */
export function principalText({ type, name }: Principal): string {
  return `${type}:${name}`;
}
