import type { Context, MiddlewareHandler } from "hono";
import { Access, EVERYTHING, type RegistryAction } from "../access/access-rules.ts";
import type { Logins } from "../access/logins.ts";
import { RegistryError } from "../registry-error.ts";
import { targetSubject } from "../subjects/register-schema.ts";
import type { RegistryState } from "../subjects/registry-state.ts";
import { parseSubjectName, writeSubjectName } from "../subjects/subject-name.ts";
import { flag, refusal } from "./answers.ts";

/** By the context: the request in it is another one once its body was looked at. */
const accessOfContext = new WeakMap<Context, Access>();

/** What who sent a request may do. Lists show what may be read. */
export function accessOf(context: Context): Access {
  return accessOfContext.get(context) ?? EVERYTHING;
}

/** Asks for a login and for the right that a path needs, before anything else is said. Only `GET /`, which tells that somebody is there, is open. */
export function requireAccess(logins: Logins, state: RegistryState): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.path === "/" && context.req.method === "GET") return next();
    const outcome = await logins.login(context.req.header("authorization"));
    if (!(outcome instanceof Access)) {
      const code = outcome === "busy" ? "REGISTRY_BUSY" : "REGISTRY_UNAUTHORIZED";
      const message =
        outcome === "busy" ? "Too many logins are looked at; come again." : "Log in with a name and a password of the registry.";
      const answer = refusal(new RegistryError(code, message));
      if (outcome === "refused") answer.headers.set("www-authenticate", 'Basic realm="schema-registry"');
      return answer;
    }
    accessOfContext.set(context, outcome);
    const need = needOf(context);
    if (need !== undefined) for (const subject of meant(state, need.subject)) requireRight(outcome, need.action, subject);
    return next();
  };
}

/** @throws RegistryError `REGISTRY_FORBIDDEN` */
export function requireRight(access: Access, action: RegistryAction, subject: string | null): void {
  if (access.may(action, subject)) return;
  const what = subject === null ? "what holds for all subjects" : `the subject "${subject.slice(0, 200)}"`;
  throw new RegistryError("REGISTRY_FORBIDDEN", `This login may not ${action} ${what}.`);
}

/**
 * The subject that a name means at this moment, if the login may do that to it: an alias may have been set since the request was let in.
 * @throws RegistryError `REGISTRY_FORBIDDEN`
 */
export function permittedTarget(context: Context, action: RegistryAction, state: RegistryState, written: string): string {
  const target = targetSubject(state, written);
  requireRight(accessOf(context), action, target);
  return target;
}

/** Undefined for lists, which show what may be read, and for what tells nothing of subjects. */
function needOf(context: Context): { readonly action: RegistryAction; readonly subject: string | null } | undefined {
  const { method } = context.req;
  const isRead = method === "GET" || method === "HEAD";
  const [, first = "", ...rest] = context.req.path.split("/").map(decoded);
  switch (first) {
    case "subjects": {
      const [subject, versions] = rest;
      if (subject === undefined) return undefined;
      if (method === "DELETE") return { action: flag(context, "permanent") ? "admin" : "write", subject };
      return { action: isRead || versions === undefined ? "read" : "write", subject };
    }
    case "compatibility":
      return rest[1] === undefined ? undefined : { action: "read", subject: rest[1] };
    case "config":
    case "mode": {
      const subject = rest[0] ?? null;
      if (isRead) return subject === null ? undefined : { action: "read", subject };
      return { action: "admin", subject };
    }
    case "contexts":
      return rest[0] === undefined ? undefined : { action: "admin", subject: `:${rest[0].startsWith(".") ? "" : "."}${rest[0]}:` };
    default:
      return undefined;
  }
}

/** A name, and the subject that its alias means. */
function meant(state: RegistryState, subject: string | null): readonly (string | null)[] {
  if (subject === null) return [null];
  const name = writeSubjectName(parseSubjectName(subject));
  const alias = state.ownConfig(name)?.alias;
  return alias === undefined || alias === "" ? [name] : [name, writeSubjectName(parseSubjectName(alias))];
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
