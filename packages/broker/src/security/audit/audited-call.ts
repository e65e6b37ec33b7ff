import type { AuditClient, AuditRequest } from "@ottla/base";
import { hostOf } from "../acls/acl-host.ts";
import { type Principal, principalText } from "../principal.ts";
import { shortName } from "./audit-names.ts";

/** A connection, as far as events tell of it. */
export interface AuditedSession {
  readonly id: number;
  readonly nodeId: number;
  readonly listenerName: string;
  readonly clientHost: string;
  readonly principal: Principal;
  readonly authentication: "pending" | "done";
}

/** A request, as far as events tell of it. */
export interface AuditedCall {
  readonly session: AuditedSession;
  readonly handler: { readonly api: { readonly key: number; readonly name: string } };
  readonly version: number;
  readonly clientId: string | null;
  readonly correlationId: number;
}

export function auditClient(session: AuditedSession, clientId: string | null): AuditClient {
  return {
    ...(session.authentication === "done" && { principal: shortName(principalText(session.principal)) }),
    host: hostOf(session.clientHost),
    listener: session.listenerName,
    ...(clientId !== null && { clientId: shortName(clientId) }),
    connection: session.id,
  };
}

export function auditRequest({ handler, version, correlationId }: AuditedCall): AuditRequest {
  return { api: handler.api.name, version, correlation: correlationId };
}

/** Stands for more clients than are told apart. */
export function anyClient({ listener, connection }: AuditClient): AuditClient {
  return { host: "*", listener, connection };
}
