import { type Logger, OttlaError } from "@ottla/base";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { ZodError } from "zod";

/** What every refusal is. */
export interface Refusal {
  /** Stable, for programs. */
  readonly code: string;
  /** One sentence: what is wrong, and what to do. */
  readonly message: string;
}

const STATUSES: Readonly<Record<string, 400 | 401 | 403 | 404 | 409 | 429 | 503 | 504>> = {
  BAD_FILTER: 400,
  BAD_REQUEST: 400,
  INVALID_ARGUMENT: 400,
  READ_ONLY: 403,
  MASKED: 403,
  ROLE_NEEDED: 403,
  FOREIGN_PAGE: 403,
  LOGIN_NEEDED: 401,
  LOGIN_REFUSED: 401,
  LOGIN_LIMITED: 429,
  LOGIN_BUSY: 503,
  READS_BUSY: 503,
  AUDIT_UNWRITABLE: 503,
  CLUSTER_AUTHORIZATION_FAILED: 403,
  GROUP_AUTHORIZATION_FAILED: 403,
  TOPIC_AUTHORIZATION_FAILED: 403,
  UNKNOWN_TOPIC: 404,
  UNKNOWN_PARTITION: 404,
  UNKNOWN_RECORD: 404,
  UNKNOWN_GROUP: 404,
  UNKNOWN_PLAN: 404,
  UNKNOWN_SUBJECT: 404,
  NO_REGISTRY: 404,
  NO_CONNECT: 404,
  NOT_FOUND: 404,
  NOT_AGREED: 409,
  PLAN_CHANGED: 409,
  PLAN_RUNNING: 409,
  PLAN_STALE: 409,
  PLAN_UNSAFE: 409,
  NO_WAY_BACK: 409,
  CLUSTER_UNREACHABLE: 503,
  REGISTRY_UNREACHABLE: 503,
  CONNECT_UNREACHABLE: 503,
  CONNECT_LOGIN_REFUSED: 503,
  NOT_SEEN_YET: 503,
  TIMED_OUT: 504,
};

/** Who is told so comes again, and after how many seconds. */
const COME_AGAIN_S: Readonly<Record<string, string>> = { LOGIN_BUSY: "1", READS_BUSY: "1", LOGIN_LIMITED: "60" };

/** The answer to a request that failed. What is nobody's mistake is logged. */
export function answerError(context: Context, error: unknown, logger: Logger): Response {
  const { status, ...refusal } = refusalOf(error);
  if (status === 500) logger.error("A request of the console failed.", { path: context.req.path, error });
  const retryAfter = COME_AGAIN_S[refusal.code];
  return context.json(refusal, status, retryAfter === undefined ? {} : { "Retry-After": retryAfter });
}

/** What an error says to whoever asked, and with which status. */
export function refusalOf(error: unknown): Refusal & { readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 503 | 504 } {
  if (error instanceof ZodError) {
    const [first] = error.issues;
    const place = first?.path.join(".") ?? "";
    return {
      status: 400,
      code: "BAD_REQUEST",
      message: `${place === "" ? "The request" : place}: ${first?.message ?? "it cannot be read"}.`,
    };
  }
  if (error instanceof HTTPException) return { status: error.status === 413 ? 413 : 400, code: "BAD_REQUEST", message: error.message };
  if (error instanceof SyntaxError) return { status: 400, code: "BAD_REQUEST", message: `The body is no JSON: ${error.message}.` };
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
  const status = code === undefined ? undefined : STATUSES[code];
  const message = error instanceof Error ? error.message : String(error);
  if (code !== undefined) return { status: status ?? (error instanceof OttlaError ? 409 : 500), code, message };
  return { status: 500, code: "FAILED", message };
}

/** What was seen, or why not: who may not see one thing sees the rest all the same. */
type Seen<Value> = { readonly value: Value; readonly refused: null } | { readonly value: null; readonly refused: Refusal };

/** What a question came to; never rejects. */
export async function seen<Value>(question: Promise<Value>): Promise<Seen<Value>> {
  try {
    return { value: await question, refused: null };
  } catch (error) {
    const { code, message } = refusalOf(error);
    return { value: null, refused: { code, message } };
  }
}
