import { randomBytes } from "node:crypto";

/** `prefix` and a random ending, so that suites share a cluster without meeting each other. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}
