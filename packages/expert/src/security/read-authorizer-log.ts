import type { AllowedUse, AuthorizationLog } from "../snapshot/authorization-log.ts";

/** Of more no use is kept: it would be the log of another thing. */
const USES_MAX = 100_000;
/** Names of principals and resources are no longer. */
const LINE_MAX = 4096;

/** How the authorizer of Apache Kafka writes a line, in log4j's usual layout: `[2026-11-20 10:00:00,123] DEBUG Principal = User:alice is Allowed operation = READ from host = 10.0.0.1 on resource = Topic:LITERAL:orders for request = Fetch …`. */
const LINE =
  /^\[?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:[.,](\d{1,3}))?\d*\]?.*?Principal = (.+?) is (Allowed|Denied) operation = (\w+) from host = \S+ on resource = (\w+):(?:\w+:)?(.+?) (?:for request = |\(kafka|$)/i;

/** Reads the log of an authorizer, line by line; what is no line of it is passed over. */
export class AuthorizerLogReader {
  readonly #uses = new Map<string, AllowedUse>();
  #fromMs = Infinity;
  #toMs = -Infinity;
  #lines = 0;

  takeLine(line: string): void {
    if (line.length > LINE_MAX) return;
    const found = LINE.exec(line);
    if (found === null) return;
    const [, day, time, fraction = "0", principal, verdict, operation, resourceType, resourceName] = found as unknown as string[];
    const atMs = Date.parse(`${day}T${time}.${fraction.padEnd(3, "0")}Z`);
    if (Number.isNaN(atMs)) return;
    this.#lines++;
    this.#fromMs = Math.min(this.#fromMs, atMs);
    this.#toMs = Math.max(this.#toMs, atMs);
    // What was refused uses no ACL that allows.
    if (verdict!.toLowerCase() !== "allowed") return;
    const use: AllowedUse = {
      principal: principal!,
      operation: camelled(operation!),
      resourceType: camelled(resourceType!),
      resourceName: resourceName!,
    };
    const key = JSON.stringify(use);
    if (this.#uses.size < USES_MAX) this.#uses.set(key, use);
  }

  /** Undefined: no line was one of an authorizer. */
  log(): AuthorizationLog | undefined {
    return this.#lines === 0 ? undefined : { fromMs: this.#fromMs, toMs: this.#toMs, allowed: [...this.#uses.values()] };
  }
}

/** `DESCRIBE_CONFIGS`, `DescribeConfigs` → `describeConfigs`; `READ` → `read`. */
function camelled(word: string): string {
  const spelt = /^[A-Z_]+$/.test(word) ? word.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) : word;
  return spelt.charAt(0).toLowerCase() + spelt.slice(1);
}
