import { isAtLeast, isOfGlob, type Role, roles } from "@ottla/base";

/** A role, and the connectors that it holds for. */
export interface ConnectGrant {
  readonly role: Role;
  /** Names, with `*` for any text and `?` for any sign. `*` alone is everything, and what belongs to no connector. */
  readonly connectors: readonly string[];
}

/** What somebody may do at a worker's REST API. */
export class ConnectRights {
  readonly #grants: readonly ConnectGrant[];

  constructor(grants: readonly ConnectGrant[]) {
    this.#grants = grants;
  }

  /** @param connector undefined for what belongs to no connector, or to all of them */
  may(role: Role, connector: string | undefined): boolean {
    return this.#grants.some(
      (grant) =>
        isAtLeast(grant.role, role) &&
        grant.connectors.some((pattern) => pattern === "*" || (connector !== undefined && isOfGlob(connector, pattern))),
    );
  }

  /** Whether there may be a connector for which somebody has the role. */
  mayForSome(role: Role): boolean {
    return this.#grants.some((grant) => isAtLeast(grant.role, role) && grant.connectors.length > 0);
  }

  /** The highest role that somebody has anywhere, for sentences. */
  get highest(): Role | undefined {
    return roles.findLast((role) => this.mayForSome(role));
  }
}

/** Where nobody logs in everything is allowed. */
export const EVERYTHING = new ConnectRights([{ role: "admin", connectors: ["*"] }]);
