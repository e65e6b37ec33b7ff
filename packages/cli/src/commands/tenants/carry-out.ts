import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Acl, Admin, ScramChange } from "@ottla/client";
import { type CommandContext, UsageError } from "../../command.ts";
import type { PasswordSource, Tenant } from "./tenant-file.ts";
import { type Plan, type Step, userOf } from "./tenant-plan.ts";

/** What became of a step. "skipped": what must be there before it could not be done. "unknown": nobody answered. */
export interface StepOutcome {
  readonly step: Step;
  readonly outcome: "done" | "failed" | "skipped" | "unknown";
  readonly error?: { readonly code: string; readonly message: string };
  /** Made by chance, and told nowhere else. */
  readonly password?: string;
}

/** Tenants that are made together. Whoever breaks off leaves so many at most half made. */
const TENANTS_AT_ONCE = 100;
/** Each costs some ms of hashing. */
const PASSWORDS_PER_REQUEST = 50;
const QUOTAS_PER_REQUEST = 200;
/** With the longest names a request stays below a megabyte. */
const ACLS_PER_REQUEST = 1000;
/** Enough for a password that nobody could guess. Kafka takes no fewer. */
const ITERATIONS_OF_CHANCE = 4096;

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

/** Who failed, and passwords that were made, in one run. */
interface Run {
  readonly admin: Admin;
  /** From outside, by user. */
  readonly passwords: ReadonlyMap<string, string>;
  /** By chance, by user. */
  readonly made: Map<string, string>;
  readonly failed: Set<string>;
}

type Attempt = { readonly error?: { readonly code: string; readonly message: string } | undefined };
type AclStep = Extract<Step, { readonly acl: Acl }>;
type PasswordStep = Extract<Step, { readonly mechanism: unknown }>;
type QuotaStep = Extract<Step, { readonly name: string }>;

/**
 * Carries the plans out, some tenants at a time, and tells what became of the steps of each request. It goes on behind one that failed; who could not be given a login or a limit is given
 * no right. Where nobody answers, it tells what was asked for last, and ends with the error.
 */
export async function* carryOut(
  admin: Admin,
  plans: readonly Plan[],
  passwords: ReadonlyMap<string, string>,
): AsyncGenerator<readonly StepOutcome[]> {
  const run: Run = { admin, passwords, made: new Map(), failed: new Set() };
  for (const some of portions(plans, TENANTS_AT_ONCE)) {
    const phases = Math.max(0, ...some.map(({ length }) => length));
    for (let phase = 0; phase < phases; phase++)
      yield* carryOutPhase(
        run,
        some.flatMap((plan) => plan[phase] ?? []),
      );
  }
}

async function* carryOutPhase(run: Run, steps: readonly Step[]): AsyncGenerator<readonly StepOutcome[]> {
  // One of a user's passwords in a request, so that each is answered.
  for (const ofMechanism of Map.groupBy(steps.filter(isOfPassword), ({ mechanism }) => mechanism).values())
    for (const some of portions(ofMechanism, PASSWORDS_PER_REQUEST)) yield* attempted(run, some, changePasswords);
  const limits = [...Map.groupBy(steps.filter(isOfQuota), ({ user }) => user).values()];
  for (const some of portions(limits, QUOTAS_PER_REQUEST)) yield* attempted(run, some.flat(), changeQuotas);
  for (const some of portions(steps.filter(isOfAcl), ACLS_PER_REQUEST)) {
    const isHopeless = (step: AclStep): boolean => step.kind === "add-acl" && run.failed.has(userOf(step));
    const skipped = some.filter(isHopeless);
    if (skipped.length > 0) yield skipped.map((step) => ({ step, outcome: "skipped" }));
    const left = some.filter((step) => !isHopeless(step));
    if (left.length > 0) yield* attempted(run, left, changeAcls);
  }
}

/** Makes one attempt for some steps. Passwords that may have been set are told, whether or not anybody answers. */
async function* attempted<Kind extends Step>(
  run: Run,
  steps: readonly Kind[],
  attempt: (run: Run, steps: readonly Kind[]) => Promise<readonly Attempt[]>,
): AsyncGenerator<readonly StepOutcome[]> {
  const knownBefore = new Set(run.made.keys());
  const madeFor = (step: Step): { readonly password?: string } => {
    const password = step.kind === "set-password" && !knownBefore.has(step.user.name) ? run.made.get(step.user.name) : undefined;
    return password === undefined ? {} : { password };
  };
  let attempts: readonly Attempt[];
  try {
    attempts = await attempt(run, steps);
  } catch (error) {
    yield steps.map((step) => ({ step, outcome: "unknown", ...madeFor(step) }));
    throw error;
  }
  yield steps.map((step, at): StepOutcome => {
    const error = attempts[at]?.error;
    if (error === undefined) return { step, outcome: "done", ...madeFor(step) };
    run.failed.add(userOf(step));
    if (step.kind === "set-password" && !knownBefore.has(step.user.name)) run.made.delete(step.user.name);
    return { step, outcome: "failed", error: { code: error.code, message: error.message } };
  });
}

async function changePasswords({ admin, passwords, made }: Run, steps: readonly PasswordStep[]): Promise<readonly Attempt[]> {
  const changes = steps.map((step): ScramChange => {
    const { mechanism } = step;
    if (step.kind === "remove-password") return { user: step.user, mechanism, remove: true };
    const user = step.user.name;
    const given = passwords.get(user);
    if (given !== undefined) return { user, mechanism, password: given };
    const password = made.get(user) ?? randomBytes(24).toString("base64url");
    made.set(user, password);
    return { user, mechanism, password, iterations: ITERATIONS_OF_CHANCE };
  });
  const outcomes = new Map((await admin.alterUserScramCredentials(changes)).map((outcome) => [outcome.name, outcome]));
  return changes.map(({ user }) => outcomes.get(user) ?? {});
}

/** A user's limits change together, or not at all. */
async function changeQuotas({ admin }: Run, steps: readonly QuotaStep[]): Promise<readonly Attempt[]> {
  const byUser = Map.groupBy(steps, ({ user }) => user);
  const users = [...byUser.keys()];
  const outcomes = await admin.alterClientQuotas(
    Array.from(byUser, ([user, own]) => ({
      entity: { user },
      changes: own.map((step) =>
        step.kind === "set-quota" ? { op: "set" as const, name: step.name, value: step.value } : { op: "delete" as const, name: step.name },
      ),
    })),
  );
  const byName = new Map(users.map((user, at) => [user, outcomes[at] ?? {}]));
  return steps.map(({ user }) => byName.get(user) ?? {});
}

/** All of one kind. */
function changeAcls({ admin }: Run, steps: readonly AclStep[]): Promise<readonly Attempt[]> {
  const acls = steps.map(({ acl }) => acl);
  return steps[0]?.kind === "remove-acl" ? admin.deleteAcls(acls) : admin.createAcls(acls);
}

function isOfPassword(step: Step): step is PasswordStep {
  return step.kind === "set-password" || step.kind === "remove-password";
}

function isOfQuota(step: Step): step is QuotaStep {
  return step.kind === "set-quota" || step.kind === "remove-quota";
}

function isOfAcl(step: Step): step is AclStep {
  return "acl" in step;
}

function portions<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
}
