import type { Logger } from "@ottla/base";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isJsonObject, type JsonObject, JsonNumber, type JsonValue } from "../json/json-value.ts";
import { JsonSyntaxError, parseJson } from "../json/parse-json.ts";
import { RegistryError, type RegistryErrorCode, registryErrorNumbers } from "../registry-error.ts";
import { versionMembers } from "../storage/topic-value.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { MAX_NAME_LENGTH } from "../subjects/subject-name.ts";

/** Tells other instances, and whoever serves this one, why a request was not carried out. */
const STATE_HEADER = "x-ottla-registry-state";
/** `not-leading`, `not-ready`: nothing was changed. `unknown`: it may have been. */
export type UnsettledState = "not-leading" | "not-ready" | "unknown";
const UNSETTLED: ReadonlyMap<RegistryErrorCode, UnsettledState> = new Map([
  ["REGISTRY_NOT_LEADING", "not-leading"],
  ["REGISTRY_NOT_READY", "not-ready"],
  ["REGISTRY_STORE_TIMEOUT", "unknown"],
  ["REGISTRY_FORWARDING_FAILED", "unknown"],
]);
/** When who is told to come again may do so. */
const RETRY_AFTER_S = "1";
const LARGE_BODY_BYTES = 65_536;
/** More than the most references, metadata and rules have; a schema is one value, its text. */
const MAX_BODY_VALUES = 50_000;
const ANSWER_TYPE = "application/vnd.schemaregistry.v1+json";

/** An answer of the API; text that is JSON already is sent as it is. */
export function answerJson(context: Context, value: unknown, status: ContentfulStatusCode = 200): Response {
  return context.body(JSON.stringify(value), status, { "Content-Type": ANSWER_TYPE });
}

/** Text that is JSON, sent as it is. */
export function answerText(context: Context, text: string): Response {
  return context.body(text, 200, { "Content-Type": ANSWER_TYPE });
}

/** As {@link answerText}, in pieces. */
export function answerStream(context: Context, text: ReadableStream<Uint8Array>): Response {
  return context.body(text, 200, { "Content-Type": ANSWER_TYPE });
}

/** An error by the number that clients look at. */
export function answerError(context: Context, error: Error, logger: Logger): Response {
  if (error instanceof RegistryError) return refusal(error);
  return unforeseen(error, context.req.path, logger);
}

/** What nobody foresaw is told in the log, and no more than that to the client. */
export function unforeseen(error: unknown, path: string, logger: Logger): Response {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logger.error("A request to the registry failed for no reason that is known.", { path, error: told });
  const text = JSON.stringify({ error_code: 50001, message: "The registry failed at this request; its log says more." });
  return new Response(text, { status: 500, headers: { "Content-Type": ANSWER_TYPE } });
}

/** A registry's error as every client knows it. */
export function refusal(error: RegistryError): Response {
  const { status, errorCode } = registryErrorNumbers[error.code];
  const details = error.details.length === 0 ? "" : `; details: [${error.details.join(", ")}]`;
  const state = UNSETTLED.get(error.code);
  const headers = {
    "Content-Type": ANSWER_TYPE,
    // Where nobody knows whether it was carried out, who asked looks first.
    ...(status === 503 && state !== "unknown" && { "Retry-After": RETRY_AFTER_S }),
    ...(state !== undefined && { [STATE_HEADER]: state }),
  };
  return new Response(JSON.stringify({ error_code: errorCode, message: `${error.message}${details}` }), { status, headers });
}

/** A body that is not read. */
export function bodyTooLarge(maxBytes: number): RegistryError {
  return new RegistryError("REGISTRY_BODY_TOO_LARGE", `A body may have ${maxBytes} bytes.`);
}

/** Why a request was not carried out, by its answer; undefined for one that was settled, well or not. */
export function unsettledState(response: Response): UnsettledState | undefined {
  const state = response.headers.get(STATE_HEADER);
  return [...UNSETTLED.values()].find((each) => each === state);
}

/**
 * The object in a request's body.
 * @throws RegistryError `REGISTRY_BAD_REQUEST`
 */
export async function bodyObject(context: Context): Promise<JsonObject> {
  let value: JsonValue;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(await context.req.arrayBuffer()), {
      maxValues: MAX_BODY_VALUES,
    });
  } catch (cause) {
    const why = cause instanceof JsonSyntaxError ? cause.message : "its text is no UTF-8";
    throw new RegistryError("REGISTRY_BAD_REQUEST", `The body is no JSON: ${why}.`, { cause });
  }
  if (!isJsonObject(value)) throw new RegistryError("REGISTRY_BAD_REQUEST", "The body is no JSON object.");
  // What is made of a large body takes a turn of its own.
  if (Number(context.req.header("content-length") ?? LARGE_BODY_BYTES) >= LARGE_BODY_BYTES) await new Promise(setImmediate);
  return value;
}

/** @throws RegistryError `REGISTRY_BAD_REQUEST` for another type */
export function textIn(body: JsonObject, name: string): string | undefined {
  const value = body.get(name) ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new RegistryError("REGISTRY_BAD_REQUEST", `"${name}" is a text.`);
}

/**
 * A name that schemas are found by, or that others are called with.
 * @throws RegistryError `REGISTRY_BAD_REQUEST` for another type, or one that is too long
 */
export function nameIn(body: JsonObject, name: string): string | undefined {
  const value = textIn(body, name);
  if (value === undefined || value.length <= MAX_NAME_LENGTH) return value;
  throw new RegistryError("REGISTRY_BAD_REQUEST", `"${name}" may have ${MAX_NAME_LENGTH} characters.`);
}

/** @throws RegistryError `REGISTRY_BAD_REQUEST` for another type */
export function flagIn(body: JsonObject, name: string): boolean | undefined {
  const value = body.get(name) ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw new RegistryError("REGISTRY_BAD_REQUEST", `"${name}" is true or false.`);
}

/** @throws RegistryError `REGISTRY_BAD_REQUEST` for another type */
export function integerIn(body: JsonObject, name: string): number | undefined {
  const value = body.get(name) ?? undefined;
  if (value === undefined) return undefined;
  const integer = value instanceof JsonNumber ? value.integer : undefined;
  if (integer !== undefined) return Number(integer);
  throw new RegistryError("REGISTRY_BAD_REQUEST", `"${name}" is a whole number.`);
}

/** A query's flag: present without a value, or "true". */
export function flag(context: Context, name: string): boolean {
  const value = context.req.query(name);
  return value !== undefined && (value === "" || value.toLowerCase() === "true");
}

/** What a list's `offset` and `limit` leave of it. */
export function page<T>(context: Context, all: readonly T[], most = Number.POSITIVE_INFINITY): readonly T[] {
  const [offset, limit] = [numberIn(context, "offset", 0), numberIn(context, "limit", -1)];
  const from = Math.max(0, offset);
  return all.slice(from, from + Math.min(most, limit < 0 ? most : limit));
}

/** So many of a list are looked at, from its beginning, for {@link page}. */
export function pageEnd(context: Context, most: number): number {
  const [offset, limit] = [numberIn(context, "offset", 0), numberIn(context, "limit", -1)];
  return Math.max(0, offset) + Math.min(most, limit < 0 ? most : limit);
}

function numberIn(context: Context, name: string, otherwise: number): number {
  const value = context.req.query(name);
  return value !== undefined && /^-?\d{1,10}$/.test(value) ? Number(value) : otherwise;
}

/** A version as it is answered. `furtherMembers` begin with a comma. */
export function versionText(version: SchemaVersion, furtherMembers = ""): string {
  return `{${versionMembers(version)}${version.isDeleted ? ',"deleted":true' : ""}${furtherMembers}}`;
}
