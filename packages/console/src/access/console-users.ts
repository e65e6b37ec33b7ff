import { OttlaError, type Role, roles } from "@ottla/base";
import { type PasswordHash, type PasswordUser, readPasswordHash } from "@ottla/base/node";
import { z } from "zod";
import type { SessionLimits } from "./sessions.ts";

/** Somebody of the users file. */
export interface ConsoleUser {
  readonly name: string;
  readonly role: Role;
  /** Another one once the password is another. */
  readonly proof: string;
}

/** An identity provider (OpenID Connect). */
export interface OidcSettings {
  /** As the button on the login page has it. */
  readonly title: string;
  /** Where its `.well-known/openid-configuration` is. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client: PKCE alone. */
  readonly clientSecret?: string | undefined;
  readonly scopes: readonly string[];
  /** Claim of the ID token, or `a.b` inside one. Somebody without it is called by `sub`. */
  readonly nameClaim: string;
  readonly rolesClaim: string;
  /** Values of that claim which give a role; of several the highest. Nobody else gets in. */
  readonly roles: { readonly [Each in Role]?: readonly string[] | undefined };
  readonly clockToleranceS: number;
}

/** Who may log in at the console. */
export interface ConsoleUsers {
  readonly users: ReadonlyMap<string, PasswordUser<ConsoleUser>>;
  readonly oidc: OidcSettings | undefined;
  readonly sessions: SessionLimits;
}

const name = z.string().min(1).max(200);
const minutes = (most: number) => z.number().min(1).max(most);
const values = z.array(name).max(1_000);
const fileShape = z.strictObject({
  users: z
    .array(z.strictObject({ name, password: z.string().max(500), role: z.enum(roles) }))
    .max(10_000)
    .default([]),
  oidc: z
    .strictObject({
      title: z.string().min(1).max(60).default("single sign-on"),
      issuer: z.string().max(2_000).refine(isSafeAddress, "is an address that begins with https://, or with http:// of this machine"),
      clientId: name,
      clientSecret: z.string().min(1).max(1_000).optional(),
      scopes: z.array(name).max(50).default(["openid", "profile"]),
      nameClaim: name.default("preferred_username"),
      rolesClaim: name.default("groups"),
      roles: z.strictObject({ viewer: values.optional(), operator: values.optional(), admin: values.optional() }),
      clockToleranceS: z.number().min(0).max(300).default(30),
    })
    .optional(),
  sessions: z
    .strictObject({ idleMinutes: minutes(1_440).default(30), lifeMinutes: minutes(10_080).default(720) })
    .default({ idleMinutes: 30, lifeMinutes: 720 }),
});

/**
 * Reads who may log in: `{ users: [{ name, password, role }], oidc: { issuer, clientId, roles, … }, sessions: { idleMinutes, lifeMinutes } }`. Passwords are hashes of `hashPassword`.
 * @throws OttlaError `CONSOLE_USERS_INVALID`, which names the place and never a secret
 */
export function readConsoleUsers(value: unknown): ConsoleUsers {
  const parsed = fileShape.safeParse(value);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw invalid(first?.path.join(".") || "the file", first?.message ?? "cannot be read");
  }
  const { users, oidc, sessions } = parsed.data;
  if (users.length === 0 && oidc === undefined) throw invalid("the file", "names nobody: it has neither users nor oidc");
  const read = new Map<string, PasswordUser<ConsoleUser>>();
  for (const [index, user] of users.entries()) {
    const place = `users.${index}`;
    if (user.name.includes(":")) throw invalid(`${place}.name`, 'is a text without ":"');
    if (read.has(user.name)) throw invalid(`${place}.name`, `is the second "${user.name}"`);
    const password = readPasswordHash(user.password);
    if (password === undefined) throw invalid(`${place}.password`, 'is no hash; make one with "ottla console password"');
    read.set(user.name, { password, granted: { name: user.name, role: user.role, proof: proofOf(password) } });
  }
  if (oidc !== undefined && !Object.values(oidc.roles).some((each) => (each?.length ?? 0) > 0))
    throw invalid("oidc.roles", "gives nobody a role");
  return {
    users: read,
    oidc,
    sessions: { idleMs: sessions.idleMinutes * 60_000, lifeMs: sessions.lifeMinutes * 60_000 },
  };
}

/** A password and its keys go over it: in the clear on this machine alone. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

function proofOf({ salt, key }: PasswordHash): string {
  return `${salt.toString("base64")}$${key.toString("base64")}`;
}

function invalid(place: string, what: string): OttlaError {
  return new OttlaError("CONSOLE_USERS_INVALID", `The console's users cannot be read: ${place}: ${what}.`);
}
