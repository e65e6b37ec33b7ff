import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../../seams/clock.ts";
import { systemClock } from "../system-clock.ts";
import { LoginLimit } from "./login-limit.ts";
import { PasswordLogins, type PasswordOutcome, type PasswordUsers } from "./password-logins.ts";

/** What a login comes to; `limited`: too many from its address were wrong, and it was not looked at. */
export type LimitedOutcome<Granted> = PasswordOutcome<Granted> | "limited";

/**
 * Logins by password, of which an address may be wrong only so often. Many requests of one client that come at the same time with the same password are one try, and one that was right before is none: who is right is
 * never kept out by a limit of their own.
 */
export class LimitedLogins<Granted extends object> {
  readonly limit: LoginLimit;
  readonly #passwords: PasswordLogins<Granted>;
  readonly #secret = randomBytes(32);
  /** Tries that are being looked at, by what was tried from where. */
  readonly #tries = new Map<string, Promise<PasswordOutcome<Granted>>>();

  constructor(list: PasswordUsers<Granted>, clock: Clock = systemClock) {
    this.limit = new LoginLimit(clock);
    this.#passwords = new PasswordLogins(list, clock);
  }

  /** From now on these may; who is known is looked at again. */
  replace(list: PasswordUsers<Granted>): void {
    this.#passwords.replace(list);
    this.#tries.clear();
  }

  async check(name: string, password: string, address: string): Promise<LimitedOutcome<Granted>> {
    const known = this.#passwords.known(name, password);
    if (known !== undefined) return known;
    const key = createHmac("sha256", this.#secret)
      .update(JSON.stringify([address, name, password]))
      .digest("base64");
    const same = this.#tries.get(key);
    if (same !== undefined) return same;
    const giveBack = this.limit.take(address);
    if (giveBack === undefined) return "limited";
    const tried = this.#passwords.check(name, password);
    this.#tries.set(key, tried);
    try {
      const outcome = await tried;
      if (typeof outcome !== "string") giveBack();
      return outcome;
    } finally {
      if (this.#tries.get(key) === tried) this.#tries.delete(key);
    }
  }
}
