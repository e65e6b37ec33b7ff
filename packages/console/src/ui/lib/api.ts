import { hc } from "hono/client";
import type { ConsoleApi } from "../../api/console-api.ts";
import { fetchOnce } from "./first-answers.ts";

/** The console's own API, typed by what serves it. */
export const api = hc<ConsoleApi>(location.origin, { headers: { "x-ottla-console": "1" }, fetch: fetchOnce }).api;

let loginNeeded = (): void => {};

/** Calls back when the console says that nobody is logged in. */
export function onLoginNeeded(run: () => void): void {
  loginNeeded = run;
}

/** What the API says where it refuses. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The body of an answer; throws {@link ApiError} of a refusal, and of a console that does not answer. */
export async function bodyOf<Body>(answer: Promise<{ readonly ok: boolean; json(): Promise<Body> }>): Promise<Body> {
  let response: { readonly ok: boolean; json(): Promise<Body> };
  try {
    response = await answer;
  } catch {
    throw new ApiError("CONSOLE_AWAY", "The console does not answer. It may have been stopped; this page goes on when it is back.");
  }
  const body = await response.json();
  if (response.ok) return body;
  const { code = "FAILED", message = "The console refused." } = body as { readonly code?: string; readonly message?: string };
  if (code === "LOGIN_NEEDED") loginNeeded();
  throw new ApiError(code, message);
}

/** An error as notices show it. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("FAILED", error instanceof Error ? error.message : String(error));
}
