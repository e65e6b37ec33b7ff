import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Admin, KafkaError } from "@ottla/client";
import { type CommandContext, UsageError } from "../../command.ts";
import type { PasswordSource, Tenant } from "./tenant-file.ts";
import { type Step, userOf } from "./tenant-plan.ts";

/** What became of a step. "skipped": what must be there before it could not be done. */
export interface StepOutcome {
  readonly step: Step;
  readonly outcome: "done" | "failed" | "skipped";
  readonly error?: { readonly code: string; readonly message: string };
  /** Made by chance, and told nowhere else. */
  readonly password?: string;
}

/** A request has at most so many ACLs in Kafka. */
const ACLS_PER_REQUEST = 5000;

/** Passwords that are to be found outside, looked up before anything is done. By user. Throws {@link UsageError}. */
export function findPasswords(tenants: readonly Tenant[], steps: readonly Step[], env: CommandContext["env"]): ReadonlyMap<string, string> {
  const needed = new Set(steps.flatMap((step) => (step.kind === "set-password" ? [step.user.name] : [])));
  const users = tenants.flatMap((tenant) => tenant.users).filter(({ name }) => needed.has(name));
  return new Map(
    users.flatMap(({ name, password }) => (password.kind === "chance" ? [] : [[name, foundPassword(name, password, env)] as const])),
  );
}

function foundPassword(user: string, { kind, name }: Exclude<PasswordSource, { kind: "chance" }>, env: CommandContext["env"]): string {
  const found = kind === "environment" ? env[name] : readPasswordFile(user, name);
  if (found === undefined || found === "")
    throw new UsageError(
      `The password of ${user} is not there: ${kind === "environment" ? `the variable ${name}` : `the file ${name}`} is empty or not set.`,
    );
  return found;
}

function readPasswordFile(user: string, file: string): string {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[0]!;
  } catch (error) {
    throw new UsageError(`The password of ${user} cannot be read from ${file} (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Does one step after the other, tells each as it is done, and goes on behind one that failed; who could not be given a login or a limit is given no right. */
export async function* carryOut(admin: Admin, steps: readonly Step[], passwords: ReadonlyMap<string, string>): AsyncGenerator<StepOutcome> {
  const failed = new Set<string>();
  const made = new Map<string, string>();
  const acls: Step[] = [];
  for (const step of steps) {
    if ("acl" in step) {
      acls.push(step);
      continue;
    }
    // Rights go before logins and limits, where the plan has them first.
    yield* changeAcls(admin, acls.splice(0), failed);
    const user = userOf(step);
    const chance =
      step.kind === "set-password" && !passwords.has(user) ? (made.get(user) ?? randomBytes(24).toString("base64url")) : undefined;
    const error = await changeUser(admin, step, passwords.get(user) ?? chance ?? "");
    if (error !== undefined) failed.add(user);
    else if (chance !== undefined && !made.has(user)) {
      made.set(user, chance);
      yield { step, outcome: "done", password: chance };
      continue;
    }
    yield outcomeOf(step, error);
  }
  yield* changeAcls(admin, acls, failed);
}

async function changeUser(admin: Admin, step: Exclude<Step, { readonly acl: unknown }>, password: string): Promise<KafkaError | undefined> {
  if (step.kind === "set-quota" || step.kind === "remove-quota") {
    const change =
      step.kind === "set-quota" ? { op: "set" as const, name: step.name, value: step.value } : { op: "delete" as const, name: step.name };
    return (await admin.alterClientQuotas([{ entity: { user: step.user }, changes: [change] }]))[0]?.error;
  }
  const user = userOf(step);
  const { mechanism } = step;
  const change = step.kind === "set-password" ? { user, mechanism, password } : { user, mechanism, remove: true as const };
  return (await admin.alterUserScramCredentials([change]))[0]?.error;
}

async function* changeAcls(admin: Admin, steps: readonly Step[], failed: ReadonlySet<string>): AsyncGenerator<StepOutcome> {
  for (let at = 0; at < steps.length; at += ACLS_PER_REQUEST) {
    const some = steps.slice(at, at + ACLS_PER_REQUEST);
    const removals = some.flatMap((step) => (step.kind === "remove-acl" ? [{ step, acl: step.acl }] : []));
    if (removals.length > 0) {
      const outcomes = await admin.deleteAcls(removals.map(({ acl }) => acl));
      for (const [i, { step }] of removals.entries()) yield outcomeOf(step, outcomes[i]?.error);
    }
    const skipped = some.filter((step) => step.kind === "add-acl" && failed.has(userOf(step)));
    for (const step of skipped) yield { step, outcome: "skipped" };
    const additions = some.flatMap((step) => (step.kind === "add-acl" && !failed.has(userOf(step)) ? [{ step, acl: step.acl }] : []));
    if (additions.length > 0) {
      const outcomes = await admin.createAcls(additions.map(({ acl }) => acl));
      for (const [i, { step }] of additions.entries()) yield outcomeOf(step, outcomes[i]?.error);
    }
  }
}

function outcomeOf(step: Step, error: KafkaError | undefined): StepOutcome {
  if (error === undefined) return { step, outcome: "done" };
  return { step, outcome: "failed", error: { code: error.code, message: error.message } };
}
