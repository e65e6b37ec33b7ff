import { OttlaError } from "@ottla/base";
import { type PasswordHash, readPasswordHash } from "@ottla/base/node";
import { type AccessRule, type RegistryAction, registryActions } from "./access-rules.ts";

/** Somebody who logs in. */
export interface RegistryUser {
  readonly password: PasswordHash;
  readonly rules: readonly AccessRule[];
}

/** Who may do what. */
export interface AccessList {
  readonly users: ReadonlyMap<string, RegistryUser>;
  /** Of who does not log in; empty where all must. */
  readonly anonymous: readonly AccessRule[];
}

/**
 * Reads who may do what: `{ users: [{ name, password, rules: [{ allow, subjects }] }], anonymous: [{ allow, subjects }] }`. Passwords are hashes of `hashPassword`.
 * @throws OttlaError `REGISTRY_ACCESS_INVALID`, which names the place and never a password
 */
export function readAccessList(value: unknown): AccessList {
  const { users, anonymous, ...others } = objectAt(value, "the file");
  noneOf(others, "the file");
  const read = new Map<string, RegistryUser>();
  for (const [index, each] of listAt(users ?? [], "users").entries()) {
    const place = `users[${index}]`;
    const { name, password, rules, ...rest } = objectAt(each, place);
    noneOf(rest, place);
    if (typeof name !== "string" || name === "" || name.includes(":")) throw invalid(`${place}.name`, 'is a text without ":"');
    if (read.has(name)) throw invalid(`${place}.name`, `is the second "${name}"`);
    const hash = typeof password === "string" ? readPasswordHash(password) : undefined;
    if (hash === undefined) throw invalid(`${place}.password`, 'is no hash; make one with "ottla registry password"');
    read.set(name, { password: hash, rules: rulesAt(rules ?? [], `${place}.rules`) });
  }
  return { users: read, anonymous: rulesAt(anonymous ?? [], "anonymous") };
}

function rulesAt(value: unknown, place: string): readonly AccessRule[] {
  return listAt(value, place).map((each, index) => {
    const at = `${place}[${index}]`;
    const { allow, subjects, ...rest } = objectAt(each, at);
    noneOf(rest, at);
    if (!registryActions.includes(allow as RegistryAction)) throw invalid(`${at}.allow`, `is one of ${registryActions.join(", ")}`);
    const names = listAt(subjects, `${at}.subjects`);
    if (!names.every((name): name is string => typeof name === "string" && name !== ""))
      throw invalid(`${at}.subjects`, 'are beginnings of names, or "*"');
    return { allow: allow as RegistryAction, subjects: names };
  });
}

function objectAt(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(place, "is no object");
}

function listAt(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(place, "is no list");
}

/** A rule that is spelled wrongly must not be a rule that is missing. */
function noneOf(others: object, place: string): void {
  const [first] = Object.keys(others);
  if (first !== undefined) throw invalid(place, `has "${first.slice(0, 40)}", which means nothing there`);
}

function invalid(place: string, what: string): OttlaError {
  return new OttlaError("REGISTRY_ACCESS_INVALID", `The registry's users cannot be read: ${place} ${what}.`);
}
