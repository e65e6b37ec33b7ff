import { type ConnectRights, EVERYTHING } from "./connect-rights.ts";

/** Who asks. */
export interface ConnectVisitor {
  /** Undefined where nobody logs in. */
  readonly name: string | undefined;
  /** `worker`: another worker passed on what somebody asked it. */
  readonly how: "password" | "certificate" | "worker" | "anonymous" | "nobody-logs-in";
  /** Address that the connection comes from. */
  readonly host: string;
  readonly rights: ConnectRights;
}

/** Of a door that nobody guards. */
export function anybody(host: string): ConnectVisitor {
  return { name: undefined, how: "nobody-logs-in", host, rights: EVERYTHING };
}
