import { AccessFile, type Role, roles } from "@ottla/base";
import { type PasswordUser, readPasswordHash } from "@ottla/base/node";
import { type ConnectGrant, ConnectRights } from "./connect-rights.ts";

/** Somebody of the users file. */
export interface ConnectUser {
  readonly name: string;
  readonly rights: ConnectRights;
}

/** Who may log in at a worker's REST API, and do what. */
export interface ConnectUsers {
  readonly users: ReadonlyMap<string, PasswordUser<ConnectUser>>;
  /** Those who log in by a certificate, by its subject as RFC 2253 writes it. */
  readonly certificates: ReadonlyMap<string, ConnectUser>;
  /** Of who does not log in; undefined where all must. */
  readonly anonymous: ConnectRights | undefined;
}

const file = new AccessFile("CONNECT_USERS_INVALID", "Connect's users");
const USER_FIELDS = ["name", "password", "certificate", "role", "connectors", "rules"];
const USERS_MAX = 10_000;
const RULES_MAX = 1_000;

/**
 * Reads who may do what: `{ users: [{ name, password, certificate, role, connectors, rules: [{ role, connectors }] }], anonymous: [{ role, connectors }] }`. Passwords are hashes of `hashPassword`; `role` alone is a rule for every
 * connector.
 * @throws OttlaError `CONNECT_USERS_INVALID`, which names the place and never a password
 */
export function readConnectUsers(value: unknown): ConnectUsers {
  const { users, anonymous } = file.objectAt(value, "the file", ["users", "anonymous"]);
  const read = new Map<string, PasswordUser<ConnectUser>>();
  const certificates = new Map<string, ConnectUser>();
  const names = new Set<string>();
  const list = file.listAt(users, "users", true);
  if (list.length > USERS_MAX) throw file.invalid("users", `has more than ${USERS_MAX}`);
  for (const [index, each] of list.entries()) {
    const place = `users[${index}]`;
    const given = file.objectAt(each, place, USER_FIELDS);
    const name = file.nameAt(given["name"], `${place}.name`);
    if (names.has(name)) throw file.invalid(`${place}.name`, `is the second "${name}"`);
    names.add(name);
    const user = { name, rights: new ConnectRights(grantsOf(given, place)) };
    const { password, certificate } = given;
    if (password === undefined && certificate === undefined) throw file.invalid(place, "has neither a password nor a certificate");
    if (password !== undefined) {
      const hash = typeof password === "string" ? readPasswordHash(password) : undefined;
      if (hash === undefined) throw file.invalid(`${place}.password`, 'is no hash; make one with "ottla connect password"');
      read.set(name, { password: hash, granted: user });
    }
    if (certificate === undefined) continue;
    if (typeof certificate !== "string" || !certificate.includes("="))
      throw file.invalid(`${place}.certificate`, "is the subject of a certificate, such as CN=ci,O=Example");
    if (certificates.has(certificate)) throw file.invalid(`${place}.certificate`, "is that of another user");
    certificates.set(certificate, user);
  }
  const open = rulesAt(anonymous, "anonymous");
  if (names.size === 0 && open.length === 0) throw file.invalid("the file", "names nobody: it has neither users nor anonymous");
  return { users: read, certificates, anonymous: open.length === 0 ? undefined : new ConnectRights(open) };
}

function grantsOf({ role, connectors, rules }: Readonly<Record<string, unknown>>, place: string): readonly ConnectGrant[] {
  const further = rulesAt(rules, `${place}.rules`);
  if (role === undefined) {
    if (connectors !== undefined) throw file.invalid(place, "has connectors without a role");
    if (further.length === 0) throw file.invalid(place, "has neither a role nor rules");
    return further;
  }
  return [{ role: roleAt(role, `${place}.role`), connectors: namesAt(connectors ?? ["*"], `${place}.connectors`) }, ...further];
}

function rulesAt(value: unknown, place: string): readonly ConnectGrant[] {
  const list = file.listAt(value, place, true);
  if (list.length > RULES_MAX) throw file.invalid(place, `has more than ${RULES_MAX}`);
  return list.map((each, index) => {
    const at = `${place}[${index}]`;
    const { role, connectors } = file.objectAt(each, at, ["role", "connectors"]);
    return { role: roleAt(role, `${at}.role`), connectors: namesAt(connectors, `${at}.connectors`) };
  });
}

function roleAt(value: unknown, place: string): Role {
  const role = roles.find((each) => each === value);
  if (role === undefined) throw file.invalid(place, `is one of ${roles.join(", ")}`);
  return role;
}

function namesAt(value: unknown, place: string): readonly string[] {
  return file.textsAt(value, place, 'are names of connectors, with "*" and "?"');
}
