import { ConnectError } from "../connect-error.ts";
import { DataError } from "../data/data-error.ts";
import type { ConnectField, ConnectSchema } from "../data/schema.ts";
import { fieldOf } from "../data/struct-value.ts";
import { objectOf, readField, structOf } from "./requirements.ts";

const PURPOSE = "nested field access";

/**
 * The steps of a path by KIP-821, version 2: `a.b`, and `` `a.b`.c `` where a name has a dot in it.
 * @throws ConnectError CONNECT_CONFIG
 */
export function pathSteps(path: string): readonly string[] {
  const steps: string[] = [];
  let at = 0;
  while (at < path.length) {
    if (path[at] === "`") {
      const { step, next } = quotedStep(path, at);
      steps.push(step);
      at = next;
    } else {
      const dot = path.indexOf(".", at);
      steps.push(dot < 0 ? path.slice(at) : path.slice(at, dot));
      at = dot < 0 ? path.length : dot + 1;
    }
  }
  if (path.endsWith(".")) steps.push("");
  return steps;
}

/** Ends at a backtick that a dot or nothing follows; a backslash before one like that makes it a part of the name. */
function quotedStep(path: string, opens: number): { readonly step: string; readonly next: number } {
  let step = "";
  let from = opens + 1;
  for (let at = path.indexOf("`", from); at >= 0; at = path.indexOf("`", at + 1)) {
    const isLast = at === path.length - 1;
    if (!isLast && path[at + 1] !== ".") continue;
    if (path[at - 1] !== "\\") return { step: step + path.slice(from, at), next: isLast ? path.length : at + 2 };
    if (isLast) break;
    step += `${path.slice(from, at - 1)}\``;
    from = at + 1;
  }
  const message = `The backtick at ${opens} of the field's path ${path} has no other that ends it; put a backslash before it where it is part of a name.`;
  throw new ConnectError("CONNECT_CONFIG", message);
}

/** The field at the end of a path; undefined where there is none. */
export function fieldAt(schema: ConnectSchema, steps: readonly string[]): ConnectField | undefined {
  let field: ConnectField | undefined;
  let within: ConnectSchema = schema;
  for (const step of steps) {
    if (within.fields === undefined)
      throw new DataError(`${PURPOSE} works on structs, and there is a ${within.type} on the way to ${steps.join(".")}`);
    field = within.fields.find(({ name }) => name === step);
    if (field === undefined) return undefined;
    within = field.schema;
  }
  return field;
}

/** What stands at the end of a path in a struct's value; null where a struct on the way is null. */
export function structValueAt(schema: ConnectSchema, value: unknown, steps: readonly string[], useDefault: boolean): unknown {
  let [found, within]: [unknown, ConnectSchema] = [value, schema];
  for (const step of steps) {
    if (found === null) return null;
    const fields = structOf(within, found, PURPOSE);
    const field = within.fields!.find(({ name }) => name === step);
    if (field === undefined) return null;
    found = readField(fields, field, useDefault);
    within = field.schema;
  }
  return found;
}

/** The same in a value without a schema. */
export function valueAt(value: unknown, steps: readonly string[]): unknown {
  let found = value;
  for (const step of steps) {
    if (found === null) return null;
    found = fieldOf(objectOf(found, PURPOSE), step) ?? null;
  }
  return found;
}
