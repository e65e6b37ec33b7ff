import type { Clock } from "@ottla/base";
import { PasswordLogins, type PasswordOutcome, type PasswordUsers } from "@ottla/base/node";
import type { AccessList } from "./access-list.ts";
import { Access } from "./access-rules.ts";

/** What a login comes to: what its owner may do; `refused`, after a pause; `busy`, when too many are looked at. */
export type LoginOutcome = PasswordOutcome<Access>;

/** Who logs in at a registry, by name and password (HTTP's Basic). */
export class Logins {
  readonly #logins: PasswordLogins<Access>;

  constructor(list: AccessList, clock?: Clock) {
    this.#logins = new PasswordLogins(usersOf(list), clock);
  }

  /** From now on these may; who is known is looked at again. */
  replace(list: AccessList): void {
    this.#logins.replace(usersOf(list));
  }

  /** By the header `Authorization`, undefined where there is none. */
  login(authorization: string | undefined): Promise<LoginOutcome> {
    return this.#logins.login(authorization);
  }
}

function usersOf({ users, anonymous }: AccessList): PasswordUsers<Access> {
  return {
    users: new Map([...users].map(([name, { password, rules }]) => [name, { password, granted: new Access(rules) }])),
    anonymous: anonymous.length > 0 ? new Access(anonymous) : undefined,
  };
}
