import { OttlaError } from "@ottla/base";
import type { Admin, ScramCredential } from "@ottla/client";
import { type ParsedOptions, UsageError } from "../../command.ts";

export type Mechanism = ScramCredential["mechanism"];

export const MECHANISMS: readonly Mechanism[] = ["SCRAM-SHA-256", "SCRAM-SHA-512"];

/** What `--mechanism` names, each once; empty where it is not given. */
export function namedMechanisms(options: ParsedOptions): readonly Mechanism[] {
  return MECHANISMS.filter((mechanism) => options.texts("mechanism").includes(mechanism));
}

/** What brokers keep: in bytes a little more, even of letters that take four. */
const NAME_MAX = 250;

/** A user's name, and no principal. */
export function userName(text: string): string {
  if (text.length > NAME_MAX)
    throw new UsageError(`"${text.slice(0, 60)}…" has ${text.length} characters; a user's name has at most ${NAME_MAX}.`);
  if (text.startsWith("User:")) throw new UsageError(`"${text}" is a principal; write the name alone: ${text.slice("User:".length)}.`);
  return text;
}

/** The credentials of a user; empty where it has none. */
export async function credentialsOf(admin: Admin, user: string): Promise<readonly ScramCredential[]> {
  const [found] = await admin.describeUserScramCredentials([user]);
  if (found?.error?.code === "RESOURCE_NOT_FOUND") return [];
  if (found?.error) throw found.error;
  return found?.value ?? [];
}

/** As {@link credentialsOf}; there must be some. */
export async function knownCredentials(admin: Admin, user: string): Promise<readonly ScramCredential[]> {
  const credentials = await credentialsOf(admin, user);
  if (credentials.length === 0)
    throw new OttlaError("USER_NOT_FOUND", `There is no user "${user}" who logs in by SCRAM; see ottla users list.`);
  return credentials;
}
