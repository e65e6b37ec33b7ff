import { readFileSync, statSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { UsageError } from "../../command.ts";
import { LIMITS } from "../quotas/quota-words.ts";
import { MECHANISMS, type Mechanism } from "../users/user-mechanisms.ts";

/** What a user of a tenant may do with all that has the tenant's prefix. */
export type Right = "produce" | "consume" | "admin";

/** Where a password comes from; by chance, and told once, where nothing is said. */
export type PasswordSource = { readonly kind: "environment" | "file"; readonly name: string } | { readonly kind: "chance" };

export interface TenantUser {
  readonly name: string;
  readonly mechanisms: readonly Mechanism[];
  readonly password: PasswordSource;
  readonly may: readonly Right[];
}

/** One tenant, all of it decided. */
export interface Tenant {
  readonly name: string;
  /** With which its topics, groups and transactional ids begin. */
  readonly prefix: string;
  readonly users: readonly TenantUser[];
  /** From where its users come. */
  readonly hosts: readonly string[];
  /** Of each of its users, by Kafka's names. */
  readonly quotas: ReadonlyMap<string, number>;
}

/** Ten thousand tenants with a few users each. */
const FILE_BYTES_MAX: number = 16 * 1024 * 1024;
const RIGHTS: readonly Right[] = ["produce", "consume", "admin"];
const USER_LIMITS: readonly string[] = LIMITS.filter(({ isOfAddress }) => !isOfAddress).map(({ name }) => name);
const WORDS = /^[A-Za-z0-9._-]+$/;

/** The tenants of a YAML (or JSON) file. Throws {@link UsageError} with the place of what cannot be meant. */
export function readTenantFile(file: string): readonly Tenant[] {
  return parseTenants(parsed(file), file);
}

/** What stands in the file, all of it looked at. */
export function parseTenants(content: unknown, file: string): readonly Tenant[] {
  const top = fields(content, file, ["tenants"]);
  const tenants = list(top["tenants"], `${file}: tenants`).map((each, at) => tenantOf(each, `${file}, tenant ${at + 1}`));
  checkApart(tenants, file);
  return tenants;
}

function parsed(file: string): unknown {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) throw new UsageError(`The tenants file ${file} has more than ${FILE_BYTES_MAX} bytes.`);
    return parse(readFileSync(file, "utf8"), { maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof YAMLParseError) throw new UsageError(`The tenants file ${file} is no YAML: ${error.message.split("\n")[0]}`);
    throw new UsageError(
      `The tenants file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); check --file.`,
    );
  }
}

function tenantOf(value: unknown, where: string): Tenant {
  const given = fields(value, where, ["name", "prefix", "users", "hosts", "quotas"]);
  const name = word(given["name"], `${where}: name`);
  const prefix = given["prefix"] === undefined ? `${name}.` : word(given["prefix"], `${where}: prefix`);
  const users = list(given["users"], `${where}: users`).map((each, at) => userOf(each, `${where}, user ${at + 1}`));
  if (users.length === 0) throw new UsageError(`${where}: users is empty; a tenant has one at least.`);
  const hosts = given["hosts"] === undefined ? ["*"] : list(given["hosts"], `${where}: hosts`).map((host) => text(host, `${where}: hosts`));
  if (hosts.length === 0) throw new UsageError(`${where}: hosts is empty; leave it out for any host.`);
  return { name, prefix, users, hosts: [...new Set(hosts)], quotas: quotasOf(given["quotas"], `${where}: quotas`) };
}

function userOf(value: unknown, where: string): TenantUser {
  const given = typeof value === "string" ? { name: value } : fields(value, where, ["name", "mechanisms", "password", "may"]);
  const name = text(given["name"], `${where}: name`);
  if (name.startsWith("User:") || name === "*")
    throw new UsageError(`${where}: name is "${name}"; write a user's name, without User: before it.`);
  return {
    name,
    mechanisms: choices(given["mechanisms"], `${where}: mechanisms`, MECHANISMS, ["SCRAM-SHA-512"]),
    password: passwordOf(given["password"], `${where}: password`),
    may: choices(given["may"], `${where}: may`, RIGHTS, ["produce", "consume"]),
  };
}

function passwordOf(value: unknown, where: string): PasswordSource {
  if (value === undefined) return { kind: "chance" };
  if (typeof value === "string")
    throw new UsageError(`${where} is a text; a password does not belong into this file. Write env: VARIABLE or file: PATH below it.`);
  const given = fields(value, where, ["env", "file"]);
  const { env, file } = given;
  if ((env === undefined) === (file === undefined)) throw new UsageError(`${where}: write one of env and file.`);
  return env === undefined
    ? { kind: "file", name: text(file, `${where}: file`) }
    : { kind: "environment", name: text(env, `${where}: env`) };
}

function quotasOf(value: unknown, where: string): ReadonlyMap<string, number> {
  if (value === undefined) return new Map();
  return new Map(
    Object.entries(fields(value, where, USER_LIMITS)).map(([name, limit]) => {
      if (typeof limit !== "number" || !(limit > 0) || !Number.isFinite(limit))
        throw new UsageError(`${where}: ${name} is ${JSON.stringify(limit)}; it must be a number above 0.`);
      if (name.endsWith("_byte_rate") && !Number.isInteger(limit))
        throw new UsageError(`${where}: ${name} is ${limit}; it must be a whole number.`);
      return [name, limit];
    }),
  );
}

/** What one tenant has no other may have, or it would not be one. */
function checkApart(tenants: readonly Tenant[], file: string): void {
  const byUser = new Map<string, string>();
  // Brokers refuse a topic whose name differs from another's in "." and "_" alone: so would one tenant keep names from another.
  const byPrefix = tenants
    .map((tenant) => ({ ...tenant, key: tenant.prefix.replaceAll(".", "_") }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const [at, { name, prefix, key }] of byPrefix.entries()) {
    const next = byPrefix[at + 1];
    if (next?.key.startsWith(key) && !next.prefix.startsWith(prefix))
      throw new UsageError(
        `${file}: the prefix "${next.prefix}" of ${next.name} begins as "${prefix}" of ${name} does, where "." and "_" count as the same: topics of one could keep names from the other.`,
      );
    if (next?.prefix.startsWith(prefix))
      throw new UsageError(
        `${file}: the prefix "${next.prefix}" of ${next.name} begins with "${prefix}", which is that of ${name}; each needs its own.`,
      );
  }
  const names = new Set<string>();
  for (const { name, users } of tenants) {
    if (names.has(name)) throw new UsageError(`${file}: the tenant ${name} is there twice.`);
    names.add(name);
    for (const user of users) {
      const other = byUser.get(user.name);
      if (other !== undefined)
        throw new UsageError(`${file}: the user ${user.name} is named for ${other} and for ${name}; a user has one place.`);
      byUser.set(user.name, name);
    }
  }
}

function fields(value: unknown, where: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(`${where} must have the fields ${known.join(", ")}, each with a colon behind it.`);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`${where}: "${unknown.slice(0, 60)}" is not known there; the fields are ${known.join(", ")}.`);
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new UsageError(`${where} must be a list.`);
  return value;
}

function text(value: unknown, where: string): string {
  if (typeof value !== "string" || value === "" || value.length > 200)
    throw new UsageError(`${where} must be a text of 1 to 200 characters.`);
  return value;
}

function word(value: unknown, where: string): string {
  const found = text(value, where);
  if (!WORDS.test(found)) throw new UsageError(`${where} is "${found}"; names of topics have letters, digits, ".", "_" and "-" alone.`);
  return found;
}

function choices<Choice extends string>(
  value: unknown,
  where: string,
  known: readonly Choice[],
  otherwise: readonly Choice[],
): readonly Choice[] {
  if (value === undefined) return otherwise;
  const given = typeof value === "string" ? [value] : list(value, where);
  const chosen = known.filter((each) => given.includes(each));
  if (given.length === 0 || given.some((each) => !known.includes(each as Choice)))
    throw new UsageError(`${where} must name some of ${known.join(", ")}.`);
  return chosen;
}
