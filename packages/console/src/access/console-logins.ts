import type { Clock } from "@ottla/base";
import { LimitedLogins, type LimitedOutcome } from "@ottla/base/node";
import { isDeepStrictEqual } from "node:util";
import type { ConsoleUser, ConsoleUsers } from "./console-users.ts";
import { type SessionOwner, Sessions } from "./sessions.ts";

/** Who may log in, who is logged in, and how often somebody may be wrong. */
export class ConsoleLogins {
  readonly sessions: Sessions;
  readonly #passwords: LimitedLogins<ConsoleUser>;
  #users: ConsoleUsers;
  /** Of who shows a password with each request. */
  #ending = new AbortController();

  constructor(users: ConsoleUsers, clock: Clock) {
    this.#users = users;
    this.sessions = new Sessions(clock, users.sessions);
    this.#passwords = new LimitedLogins(users, clock);
  }

  get users(): ConsoleUsers {
    return this.#users;
  }

  /** Aborted when others may log in. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** How often somebody may be wrong from one address, however they log in. */
  get limit(): LimitedLogins<ConsoleUser>["limit"] {
    return this.#passwords.limit;
  }

  check(name: string, password: string, address: string): Promise<LimitedOutcome<ConsoleUser>> {
    return this.#passwords.check(name, password, address);
  }

  /** From now on these may. Sessions of who is gone, has another password or another role end. */
  replace(users: ConsoleUsers): void {
    const isSameProvider = isDeepStrictEqual(users.oidc, this.#users.oidc);
    this.#users = users;
    this.#passwords.replace(users);
    this.#ending.abort();
    this.#ending = new AbortController();
    this.sessions.judgeAgain(users.sessions, (owner): SessionOwner | undefined => {
      if (owner.how === "oidc") return isSameProvider ? owner : undefined;
      const user = users.users.get(owner.name)?.granted;
      return user !== undefined && user.proof === owner.proof ? { ...owner, role: user.role } : undefined;
    });
  }

  stop(): void {
    this.sessions.stop();
    this.#ending.abort();
  }
}
