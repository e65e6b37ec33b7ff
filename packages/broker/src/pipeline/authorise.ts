import type { AnyHandler, RequestContext, Session } from "../handler.ts";

/** Whether a connection may send this request now; the reason why not, for the log. */
export function refusal(session: Session, handler: AnyHandler): string | undefined {
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
