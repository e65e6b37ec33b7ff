import { AccessFile } from "@ottla/base";
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

const file = new AccessFile("REGISTRY_ACCESS_INVALID", "The registry's users");

/**
 * Reads who may do what: `{ users: [{ name, password, rules: [{ allow, subjects }] }], anonymous: [{ allow, subjects }] }`. Passwords are hashes of `hashPassword`.
 * @throws OttlaError `REGISTRY_ACCESS_INVALID`, which names the place and never a password
 */
export function readAccessList(value: unknown): AccessList {
  const { users, anonymous } = file.objectAt(value, "the file", ["users", "anonymous"]);
  const read = new Map<string, RegistryUser>();
  for (const [index, each] of file.listAt(users ?? [], "users").entries()) {
    const place = `users[${index}]`;
    const { name: given, password, rules } = file.objectAt(each, place, ["name", "password", "rules"]);
    const name = file.nameAt(given, `${place}.name`);
    if (read.has(name)) throw file.invalid(`${place}.name`, `is the second "${name}"`);
    const hash = typeof password === "string" ? readPasswordHash(password) : undefined;
    if (hash === undefined) throw file.invalid(`${place}.password`, 'is no hash; make one with "ottla registry password"');
    read.set(name, { password: hash, rules: rulesAt(rules ?? [], `${place}.rules`) });
  }
  return { users: read, anonymous: rulesAt(anonymous ?? [], "anonymous") };
}

function rulesAt(value: unknown, place: string): readonly AccessRule[] {
  return file.listAt(value, place).map((each, index) => {
    const at = `${place}[${index}]`;
    const { allow, subjects } = file.objectAt(each, at, ["allow", "subjects"]);
    if (!registryActions.includes(allow as RegistryAction)) throw file.invalid(`${at}.allow`, `is one of ${registryActions.join(", ")}`);
    return { allow: allow as RegistryAction, subjects: file.textsAt(subjects, `${at}.subjects`, 'are beginnings of names, or "*"') };
  });
}
