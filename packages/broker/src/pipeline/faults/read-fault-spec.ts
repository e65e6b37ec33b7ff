import { nearName, OttlaError } from "@ottla/base";
import { ApiKey, ErrorCode } from "@ottla/protocol";
import type { ApiName, FaultHooks, FaultSpec } from "./fault-spec.ts";

/** No fault waits longer than a day. */
const DELAY_MS_MAX = 86_400_000;
const COUNT_MAX = 1_000_000_000;
const LIST_MAX = 1000;
const TEXT_MAX = 1000;
const TOPIC_ID = /^[A-Za-z0-9_-]{22}$/;

/** A fault that was found to be sound. */
export interface FaultPlan {
  readonly spec: FaultSpec;
  /** Undefined: all. */
  readonly apiKeys: ReadonlySet<number> | undefined;
  readonly after: number;
  readonly times: number;
  /** One for each hit, the last one from then on; empty where the answer is no error. */
  readonly errorCodes: readonly number[];
  readonly waitsBefore: "request" | "answer";
  readonly loses: "request" | "answer" | undefined;
  readonly connection: "close" | "half-close" | "hang";
  readonly hooks: FaultHooks;
}

type FieldCheck = (value: unknown) => string | undefined;

const apiNames = Object.keys(ApiKey);
const errorNames = Object.keys(ErrorCode);
const hookNames = ["when", "observe", "wait", "edit"] as const satisfies readonly (keyof FaultHooks)[];

const text: FieldCheck = (value) =>
  typeof value === "string" && value.length <= TEXT_MAX ? undefined : `must be a text of at most ${TEXT_MAX} characters`;
const count = (most: number): FieldCheck => {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most
      ? undefined
      : `must be a whole number from 0 to ${most}`;
};
const oneOf = (...names: readonly string[]): FieldCheck => {
  return (value) => (names.includes(value as string) ? undefined : `must be ${names.map((name) => `"${name}"`).join(" or ")}`);
};
const listOrOne = (check: FieldCheck): FieldCheck => {
  return (value) => {
    if (!Array.isArray(value)) return check(value);
    if (value.length === 0 || value.length > LIST_MAX) return `must name one to ${LIST_MAX}`;
    for (const [i, each] of value.entries()) {
      const wrong = check(each);
      if (wrong !== undefined) return `is wrong at ${i + 1} of ${value.length}: ${JSON.stringify(each)} ${wrong}`;
    }
    return undefined;
  };
};

/** Every field of {@link FaultSpec}, and what may stand there. */
const FIELDS: Readonly<Record<keyof FaultSpec, FieldCheck>> = {
  name: text,
  api: listOrOne((value) => named("API", value, apiNames)),
  node: count(2 ** 31 - 1),
  topic: text,
  topicId: (value) =>
    typeof value === "string" && TOPIC_ID.test(value) ? undefined : "must be a topic's id, 22 characters of base64url as Metadata gives it",
  partition: count(2 ** 31 - 1),
  group: text,
  transactionalId: text,
  clientId: text,
  after: count(COUNT_MAX),
  times: (value) => (value === "always" || value === Infinity ? undefined : atLeastOnce(value)),
  reply: listOrOne((value) => (typeof value === "number" ? knownCode(value) : named("error", value, errorNames))),
  delayMs: count(DELAY_MS_MAX),
  hold: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
  late: oneOf("request", "answer"),
  lose: oneOf("request", "answer"),
  connection: oneOf("close", "half-close", "hang"),
};

/**
 * Checks a fault, as a program or JSON has it; hooks are a program's alone. Errors: `INVALID_FAULT`, which names the field, and for a name that does not exist the one that
 * was perhaps meant.
 */
export function readFaultSpec(given: unknown, mayHaveHooks = false): FaultPlan {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid(`A fault is an object, such as { "api": "Produce", "reply": "NOT_LEADER_OR_FOLLOWER" }.`);
  const spec: Record<string, unknown> = {};
  const hooks: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (mayHaveHooks && (hookNames as readonly string[]).includes(field)) {
      if (typeof value !== "function") throw invalid(`"${field}" of a fault must be a function.`);
      hooks[field] = value;
      continue;
    }
    if (!Object.hasOwn(FIELDS, field)) throw invalid(noSuchField(field, mayHaveHooks));
    const wrong = FIELDS[field as keyof FaultSpec](value);
    if (wrong !== undefined) throw invalid(`"${field}" of a fault is ${JSON.stringify(value)}; it ${wrong}.`);
    spec[field] = field === "times" && value === Infinity ? "always" : value;
  }
  return planOf(spec, hooks);
}

/** The key of an API by its name. Errors: `INVALID_FAULT`, with the name that was perhaps meant. */
export function apiKeyOf(name: string): number {
  const wrong = named("API", name, apiNames);
  if (wrong !== undefined) throw invalid(`${JSON.stringify(name)} ${wrong}.`);
  return ApiKey[name as ApiName];
}

function planOf(spec: FaultSpec, hooks: FaultHooks): FaultPlan {
  const { reply, lose, connection, late, delayMs, hold } = spec;
  if (reply !== undefined && (lose !== undefined || connection !== undefined))
    throw invalid(`A fault with "reply" answers, and one with "lose" or "connection" does not; give one of them.`);
  const waits = delayMs !== undefined || hold === true || hooks.wait !== undefined;
  if (late !== undefined && !waits) throw invalid(`"late" says what is put off by "delayMs" or "hold"; give one of them, too.`);
  if (late === "answer" && (reply !== undefined || lose === "request"))
    throw invalid(`"late": "answer" is for requests that are handled; leave out "reply" and "lose": "request".`);
  const errorCodes = (reply === undefined ? [] : Array.isArray(reply) ? reply : [reply]).map(codeOf);
  const loses = lose ?? (connection === undefined ? undefined : "request");
  const hasEffect = errorCodes.length > 0 || loses !== undefined || waits || hooks.edit !== undefined;
  const times = spec.times ?? (hasEffect ? Math.max(1, errorCodes.length) : "always");
  return {
    spec,
    apiKeys: spec.api === undefined ? undefined : new Set((typeof spec.api === "string" ? [spec.api] : spec.api).map(keyOf)),
    after: spec.after ?? 0,
    times: times === "always" ? Infinity : times,
    errorCodes,
    waitsBefore: late ?? "request",
    loses,
    connection: connection ?? "close",
    hooks,
  };
}

function keyOf(api: ApiName): number {
  return ApiKey[api];
}

function codeOf(error: number | string): number {
  return typeof error === "number" ? error : ErrorCode[error as keyof typeof ErrorCode];
}

function named(what: string, value: unknown, known: readonly string[]): string | undefined {
  if (typeof value !== "string") return `must be the name of an ${what}`;
  if (known.includes(value)) return undefined;
  const near = nearName(value, known);
  return `must be the name of an ${what}${near === undefined ? ` of Kafka, such as ${known[2]}` : `; ${near} was perhaps meant`}`;
}

function knownCode(code: number): string | undefined {
  return Number.isInteger(code) && code >= -1 && code <= 32_767 ? undefined : "must be an error's name or its code, -1 to 32767";
}

function atLeastOnce(value: unknown): string | undefined {
  return value !== 0 && count(COUNT_MAX)(value) === undefined ? undefined : `must be a whole number from 1, or "always"`;
}

function noSuchField(field: string, mayHaveHooks: boolean): string {
  const near = nearName(field, [...Object.keys(FIELDS), ...(mayHaveHooks ? hookNames : [])]);
  return `A fault has no "${field}"${near === undefined ? `; it has ${Object.keys(FIELDS).join(", ")}` : `; "${near}" was perhaps meant`}.`;
}

function invalid(sentence: string): OttlaError {
  return new OttlaError("INVALID_FAULT", sentence);
}
