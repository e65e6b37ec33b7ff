import { printableJson } from "@ottla/base";

const CAUSES_MAX = 5;
const CHARACTERS_MAX = 20_000;

/** A failure as a status shows it: what happened first, then the trace of what it came from. */
export function failureText(error: unknown): string {
  const parts: string[] = [];
  let each = error;
  for (let depth = 0; depth < CAUSES_MAX && each !== undefined; depth++) {
    const text = each instanceof Error ? (each.stack ?? each.message) : typeof each === "string" ? each : printableJson(each);
    parts.push(depth === 0 ? text : `Caused by: ${text}`);
    each = each instanceof Error ? each.cause : undefined;
  }
  return parts.join("\n").slice(0, CHARACTERS_MAX);
}
