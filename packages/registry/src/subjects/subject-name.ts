import { RegistryError } from "../registry-error.ts";

/** The context of subjects that name none. */
export const DEFAULT_CONTEXT = ".";
/** What holds for all contexts: its config and mode are asked where a context has none. */
export const GLOBAL_CONTEXT = ".__GLOBAL";

/** A subject with its context. */
export interface SubjectName {
  readonly context: string;
  readonly subject: string;
}

const QUALIFIED = /^:(\.[^:]*|\*):(.*)$/su;
/** Of a subject or a context, in characters. */
export const MAX_NAME_LENGTH = 1_000;

/** Takes `:.context:subject` apart; what does not begin so is of the default context. */
export function parseSubjectName(written: string): SubjectName {
  if (!written.startsWith(":")) return { context: DEFAULT_CONTEXT, subject: written };
  const [, context, subject] = QUALIFIED.exec(written) ?? [];
  return context === undefined ? { context: DEFAULT_CONTEXT, subject: written } : { context, subject: subject as string };
}

/** The shortest way to write a subject, by which it is known: subjects of the default context have no context before them. */
export function writeSubjectName({ context, subject }: SubjectName): string {
  return context === DEFAULT_CONTEXT ? subject : `:${context}:${subject}`;
}

/** A subject without a context means one of the context that refers to it. */
export function referredSubject(subject: string, context: string): string {
  const name = parseSubjectName(subject);
  return writeSubjectName(subject.startsWith(":") ? name : { context, subject: name.subject });
}

/** @throws RegistryError `REGISTRY_INVALID_SUBJECT` for a name that no schema may be registered under. */
export function requireSubjectName(written: string): SubjectName {
  const name = parseSubjectName(written);
  const problem = problemOf(name);
  if (problem !== undefined) {
    throw new RegistryError("REGISTRY_INVALID_SUBJECT", `"${written.slice(0, 100)}" is no name of a subject: ${problem}.`);
  }
  return name;
}

/** @throws RegistryError `REGISTRY_INVALID_SUBJECT` for a context that nothing may be set for. */
export function requireContextName(context: string): void {
  const problem = problemOfContext(context);
  if (problem !== undefined)
    throw new RegistryError("REGISTRY_INVALID_SUBJECT", `"${context.slice(0, 100)}" is no name of a context: ${problem}.`);
}

function problemOf({ context, subject }: SubjectName): string | undefined {
  if (subject === "") return "it is empty";
  if (subject.length > MAX_NAME_LENGTH) return `it is longer than ${MAX_NAME_LENGTH} characters`;
  if (/\p{Cc}/u.test(subject)) return "it has control characters";
  if (subject === GLOBAL_CONTEXT || context === GLOBAL_CONTEXT || context === "*") return "it is kept for what holds for all contexts";
  return problemOfContext(context);
}

function problemOfContext(context: string): string | undefined {
  if (context.length > MAX_NAME_LENGTH) return `a context's name is longer than ${MAX_NAME_LENGTH} characters`;
  return /\p{Cc}/u.test(context) ? "it has control characters" : undefined;
}
