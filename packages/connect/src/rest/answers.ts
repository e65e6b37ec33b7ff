import type { Clock, Logger } from "@ottla/base";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ConnectError } from "../connect-error.ts";
import { placeText } from "../storage/place-json.ts";
import { RequestError } from "../worker/request-error.ts";
import { answerInPieces, jsonInPieces } from "./answer-in-pieces.ts";

const JSON_TYPE = { "Content-Type": "application/json" } as const;

/** An answer; whole numbers beyond 2^53 keep every digit. */
export function answerJson(
  context: Context,
  value: unknown,
  status: ContentfulStatusCode = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return context.body(placeText(value as never), status, { ...JSON_TYPE, ...headers });
}

/** A large answer: what `pieces` gives, with commas between them and `around` them, made as it is taken. */
export function answerMany(
  context: Context,
  clock: Clock,
  pieces: Iterable<string> | AsyncIterable<string>,
  around: readonly [open: string, close: string],
): Promise<Response> {
  return answerInPieces(context, jsonInPieces(clock, pieces, around), JSON_TYPE["Content-Type"]);
}

/** An answer without a body. */
export function answerEmpty(context: Context, status: 202 | 204): Response {
  return context.body(null, status);
}

/** `{"error_code", "message"}`, as every client of Connect knows it; what nobody foresaw is told in the log and not to the client. */
export function answerError(context: Context, error: Error, logger: Logger): Response {
  if (error instanceof RequestError) return refusal(context, error.status, error.message);
  if (error instanceof ConnectError && error.code === "CONNECT_CONFIG") return refusal(context, 400, error.message);
  logger.error("A request to Connect failed for no reason that is known.", { path: context.req.path, error: error.stack ?? error.message });
  return refusal(context, 500, "The worker failed at this request; its log says more.");
}

/** An error without a context. */
export function refusalAnswer(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ error_code: status, message }), { status, headers: { ...JSON_TYPE, ...headers } });
}

/** An error with a status of its own. */
export function refusal(context: Context, status: number, message: string): Response {
  return answerJson(context, { error_code: status, message }, status as ContentfulStatusCode);
}

/**
 * The JSON object in a request's body.
 * @throws RequestError 400
 */
export async function bodyObject(context: Context): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(await context.req.text());
  } catch (cause) {
    throw new RequestError(400, `The body is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new RequestError(400, "The body is no JSON object.");
  return value as Record<string, unknown>;
}

/** A connector has no more settings. */
const SETTINGS_MAX = 2_000;

/**
 * Settings: texts by name; numbers and flags are taken as text, as Apache Connect does.
 * @throws RequestError 400
 */
export function settingsIn(value: unknown, where: string): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new RequestError(400, `${where} is an object of settings, each a text.`);
  const count = Object.keys(value).length;
  if (count > SETTINGS_MAX) throw new RequestError(400, `${where} has ${count} settings, and a connector may have ${SETTINGS_MAX}.`);
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
      if (each === null || each === undefined) return [];
      if (typeof each === "object") throw new RequestError(400, `The setting "${name.slice(0, 100)}" of ${where} is a text.`);
      return [[name, typeof each === "string" ? each : JSON.stringify(each)]];
    }),
  );
}

/** A query's flag. */
export function flag(context: Context, name: string, otherwise = false): boolean {
  const value = context.req.query(name);
  return value === undefined ? otherwise : value === "" || value.toLowerCase() === "true";
}
