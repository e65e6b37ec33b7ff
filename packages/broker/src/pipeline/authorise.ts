import type { AnyHandler, Session } from "../handler.ts";

/** Whether a connection may send this request now; the reason why not, for the log. Without an authorizer, whoever has authenticated may do everything. */
export function refusal(session: Session, handler: AnyHandler): string | undefined {
  if (session.authentication === "done" || handler.beforeAuthentication === true) return undefined;
  return `${handler.api.name} came before the client had authenticated`;
}
