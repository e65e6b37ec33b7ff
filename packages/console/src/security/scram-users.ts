import { OttlaError } from "@ottla/base";
import type { Admin } from "@ottla/client";

/** A credential that is set, or taken away. */
export interface UserChange {
  readonly user: string;
  readonly mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-512";
  /** Null takes the credential away. */
  readonly password: string | null;
}

const WITHIN_MS = 15_000;

/**
 * Changes who may log in by SCRAM. No plan: a plan is kept and shown, and a password is neither. Errors: those of the brokers; `UNKNOWN_USER` where there is nothing to take away.
 */
export async function changeUser(admin: Admin, { user, mechanism, password }: UserChange): Promise<void> {
  const change = password === null ? ({ user, mechanism, remove: true } as const) : { user, mechanism, password };
  const [outcome] = await admin.alterUserScramCredentials([change], { timeoutMs: WITHIN_MS });
  if (outcome?.error?.code === "RESOURCE_NOT_FOUND")
    throw new OttlaError("UNKNOWN_USER", `The user ${user} has no credential for ${mechanism}.`);
  if (outcome?.error) throw outcome.error;
}
