import { ApiKey } from "@ottla/protocol";
import type { AnyHandler, RequestContext, Session } from "../handler.ts";

/** Whether a connection may send this request now; the reason why not, for the log. */
export function refusal(session: Session, handler: AnyHandler): string | undefined {
  const { login } = session;
  if (login !== undefined) {
    const isHandshake = handler.api.key === ApiKey.SaslHandshake;
    const isToken = handler.api.key === ApiKey.SaslAuthenticate;
    if (login.isUnderWay && !isHandshake && !isToken) return `${handler.api.name} came in the middle of a login`;
    // Answers go out in the order of the requests: that of the failed login may wait for earlier ones, and what came behind it is not served meanwhile.
    if (login.hasFailed && !isHandshake && !isToken) return `${handler.api.name} came behind a login that had failed`;
    if (login.isExpired && !isHandshake && !(isToken && login.isUnderWay)) return "its login has expired, and it did not log in again";
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
