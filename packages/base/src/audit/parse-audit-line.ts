import { AUDIT_FORMAT_VERSION, type AuditEvent } from "./audit-event.ts";

/** A line of an audit file. "torn": no whole JSON object, such as the last line while it is being written. "newer": of a version that this program does not know. */
export type AuditLine =
  | { readonly kind: "event"; readonly event: AuditEvent }
  | { readonly kind: "torn" }
  | { readonly kind: "newer"; readonly version: unknown };

const KINDS: ReadonlySet<unknown> = new Set(["access", "login", "change", "action", "lost", "started", "stopped"]);

/** Reads one line, without its end. Fields that are not known are kept. */
export function parseAuditLine(line: string): AuditLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "torn" };
  }
  if (typeof value !== "object" || value === null) return { kind: "torn" };
  const { v, kind } = value as Partial<AuditEvent>;
  if (v !== AUDIT_FORMAT_VERSION || !KINDS.has(kind)) return { kind: "newer", version: v };
  return { kind: "event", event: value as AuditEvent };
}
