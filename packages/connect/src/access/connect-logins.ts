import type { Clock } from "@ottla/base";
import { basicCredentials, LimitedLogins } from "@ottla/base/node";
import type { ConnectUser, ConnectUsers } from "./connect-users.ts";
import type { ConnectVisitor } from "./connect-visitor.ts";

/** Why somebody was not let in; never whether there is such a user. */
export type LoginRefusal = "needed" | "refused" | "busy" | "limited";

/** How somebody shows who they are. */
export interface ShownLogin {
  /** The header of HTTP. */
  readonly authorization: string | undefined;
  /** The subject of a certificate that was checked in the handshake, as RFC 2253 writes it. */
  readonly certificate: string | undefined;
  readonly host: string;
}

/** Who logs in at a worker's REST API: by name and password with each request, or by a certificate. A password goes before a certificate. */
export class ConnectLogins {
  readonly #passwords: LimitedLogins<ConnectUser>;
  #users: ConnectUsers;

  constructor(users: ConnectUsers, clock?: Clock) {
    this.#users = users;
    this.#passwords = new LimitedLogins({ users: users.users }, clock);
  }

  /** From now on these may. */
  replace(users: ConnectUsers): void {
    this.#users = users;
    this.#passwords.replace({ users: users.users });
  }

  async login({ authorization, certificate, host }: ShownLogin): Promise<ConnectVisitor | LoginRefusal> {
    if (authorization !== undefined) {
      const given = basicCredentials(authorization);
      if (given === undefined) return "needed";
      const user = await this.#passwords.check(given.name, given.password, host);
      return typeof user === "string" ? user : { ...user, how: "password", host };
    }
    const { certificates, anonymous } = this.#users;
    const user = certificate === undefined ? undefined : certificates.get(certificate);
    if (user !== undefined) return { ...user, how: "certificate", host };
    return anonymous === undefined ? "needed" : { name: undefined, rights: anonymous, how: "anonymous", host };
  }
}
