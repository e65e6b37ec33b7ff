import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { AccessList } from "./access-list.ts";
import { Access } from "./access-rules.ts";
import { isPassword, NOBODYS_HASH } from "./password-hash.ts";

/** What a login comes to: what its owner may do; `refused`, after a pause; `busy`, when too many are looked at. */
export type LoginOutcome = Access | "refused" | "busy";

const MAX_KNOWN = 1_000;
/** Comparing takes memory and a thread of the pool each. */
const MAX_COMPARED = 2;
const MAX_WAITING = 100;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const MAX_NAMES_FAILED = 10_000;

/**
 * Who logs in by name and password (HTTP's Basic). A password that was right is known again without comparing, up to a bound; who was wrong waits longer each time, to no harm of who is right.
 */
export class Logins {
  readonly #clock: Clock;
  /** Known logins stand under a key that no other process has. */
  readonly #secret = randomBytes(32);
  #list: AccessList;
  #anonymous: Access;
  readonly #known = new Map<string, Access>();
  readonly #failures = new Map<string, number>();
  #comparing = 0;
  readonly #waiting: (() => void)[] = [];
  #paused = 0;

  constructor(list: AccessList, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#list = list;
    this.#anonymous = new Access(list.anonymous);
  }

  /** From now on these may; who is known is looked at again. */
  replace(list: AccessList): void {
    this.#list = list;
    this.#anonymous = new Access(list.anonymous);
    this.#known.clear();
  }

  /** By the header `Authorization`, undefined where there is none. */
  async login(authorization: string | undefined): Promise<LoginOutcome> {
    if (authorization === undefined) return this.#list.anonymous.length > 0 ? this.#anonymous : "refused";
    const [, encoded] = /^Basic +([A-Za-z0-9+/=]{1,4096})$/i.exec(authorization) ?? [];
    const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ?? [];
    if (name === undefined || password === undefined) return "refused";
    const key = createHmac("sha256", this.#secret).update(`${name}:${password}`).digest("base64");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const list = this.#list;
    const user = list.users.get(name);
    const isRight = await this.#compared(() => isPassword(password, user?.password ?? NOBODYS_HASH));
    if (isRight === undefined) return "busy";
    if (!isRight || user === undefined) return this.#refused(name);
    this.#failures.delete(name);
    const access = new Access(user.rules);
    // Not when others may since it was asked.
    if (list === this.#list) this.#keep(key, access);
    return list === this.#list ? access : this.login(authorization);
  }

  #keep(key: string, access: Access): void {
    this.#known.set(key, access);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value as string);
  }

  async #refused(name: string): Promise<LoginOutcome> {
    if (this.#paused >= MAX_WAITING) return "busy";
    const failures = this.#failures.get(name) ?? 0;
    this.#failures.delete(name);
    this.#failures.set(name, failures + 1);
    if (this.#failures.size > MAX_NAMES_FAILED) this.#failures.delete(this.#failures.keys().next().value as string);
    this.#paused++;
    await new Promise<void>((resolve) => void this.#clock.schedule(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS), resolve));
    this.#paused--;
    return "refused";
  }

  /** Undefined when too many wait. */
  async #compared(compare: () => Promise<boolean>): Promise<boolean | undefined> {
    if (this.#comparing >= MAX_COMPARED) {
      if (this.#waiting.length >= MAX_WAITING) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#comparing++;
    try {
      return await compare();
    } finally {
      // Its place goes to who waits longest.
      const next = this.#waiting.shift();
      if (next === undefined) this.#comparing--;
      else next();
    }
  }
}
