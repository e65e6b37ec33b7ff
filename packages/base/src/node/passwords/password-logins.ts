import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "../../seams/clock.ts";
import { systemClock } from "../system-clock.ts";
import { isPassword, NOBODYS_HASH, type PasswordHash } from "./password-hash.ts";

/** Somebody who logs in by name and password, and what that gives. */
export interface PasswordUser<Granted> {
  readonly password: PasswordHash;
  readonly granted: Granted;
}

/** Who may log in. */
export interface PasswordUsers<Granted> {
  readonly users: ReadonlyMap<string, PasswordUser<Granted>>;
  /** What who does not log in has; undefined where all must. */
  readonly anonymous?: Granted | undefined;
}

/** What a login comes to: what it gives; `refused`, after a pause; `busy`, when too many are looked at. */
export type PasswordOutcome<Granted> = Granted | "refused" | "busy";

const MAX_KNOWN = 1_000;
/** Comparing takes memory and a thread of the pool each. */
const MAX_COMPARED = 2;
const MAX_WAITING = 100;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const MAX_NAMES_FAILED = 10_000;

/**
 * Who logs in by name and password. A password that was right is known again without comparing, up to a bound; who was wrong waits longer each time, to no harm of who is right. A name that nobody has takes as long as one that
 * somebody has.
 */
export class PasswordLogins<Granted extends object> {
  readonly #clock: Clock;
  /** Known logins stand under a key that no other process has. */
  readonly #secret = randomBytes(32);
  #list: PasswordUsers<Granted>;
  readonly #known = new Map<string, Granted>();
  readonly #failures = new Map<string, number>();
  #comparing = 0;
  readonly #waiting: (() => void)[] = [];
  #paused = 0;

  constructor(list: PasswordUsers<Granted>, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#list = list;
  }

  /** From now on these may; who is known is looked at again. */
  replace(list: PasswordUsers<Granted>): void {
    this.#list = list;
    this.#known.clear();
  }

  /** By the header `Authorization` of HTTP's Basic, undefined where there is none. */
  async login(authorization: string | undefined): Promise<PasswordOutcome<Granted>> {
    if (authorization === undefined) return this.#list.anonymous ?? "refused";
    const given = basicCredentials(authorization);
    return given === undefined ? "refused" : this.check(given.name, given.password);
  }

  /** What a login gives that was right before, since the list is what it is. */
  known(name: string, password: string): Granted | undefined {
    return this.#known.get(this.#keyOf(name, password));
  }

  async check(name: string, password: string): Promise<PasswordOutcome<Granted>> {
    const key = this.#keyOf(name, password);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const list = this.#list;
    const user = list.users.get(name);
    const isRight = await this.#compared(() => isPassword(password, user?.password ?? NOBODYS_HASH));
    if (isRight === undefined) return "busy";
    if (!isRight || user === undefined) return this.#refused(name);
    this.#failures.delete(name);
    // Not when others may since it was asked.
    if (list === this.#list) this.#keep(key, user.granted);
    return list === this.#list ? user.granted : this.check(name, password);
  }

  #keyOf(name: string, password: string): string {
    return createHmac("sha256", this.#secret).update(`${name}:${password}`).digest("base64");
  }

  #keep(key: string, granted: Granted): void {
    this.#known.set(key, granted);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value as string);
  }

  async #refused(name: string): Promise<"refused" | "busy"> {
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

/** Name and password of a header `Authorization: Basic …`; undefined for anything else. */
export function basicCredentials(authorization: string): { readonly name: string; readonly password: string } | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]{1,4096})$/i.exec(authorization) ?? [];
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ?? [];
  return name === undefined || password === undefined ? undefined : { name, password };
}
