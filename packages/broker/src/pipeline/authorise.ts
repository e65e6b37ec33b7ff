import { ApiKey } from "@ottla/protocol";
import type { AnyHandler, RequestContext, Session } from "../handler.ts";

/** Whether a connection may send this request now; the reason why not, for the log. */
export function refusal(session: Session, handler: AnyHandler): string | undefined {
  const { login } = session;
  if (login !== undefined && handler.api.key !== ApiKey.SaslAuthenticate) {
    if (login.isUnderWay && handler.api.key !== ApiKey.SaslHandshake) return `${handler.api.name} came in the middle of a login`;
    if (login.isExpired && handler.beforeAuthentication !== true) return "its login has expired, and it did not log in again";
  }
  if (session.authentication === "done" || handler.beforeAuthentication === true) return undefined;
  return `${handler.api.name} came before the client had authenticated`;
}

/** Hands the request on, as far as the client may, and completes the answer. For brokers with an authorizer. */
export function authorised(handler: AnyHandler, context: RequestContext, request: unknown, handle: (request: unknown) => unknown): unknown {
  const decision = handler.authorisation.decide?.(context, request);
  if (decision === undefined) return handle(request);
  if (decision.kind === "answer") return decision.response;
  const { complete } = decision;
  const response = handle(decision.request);
  if (complete === undefined) return response;
  return response instanceof Promise ? response.then(complete) : complete(response);
}
