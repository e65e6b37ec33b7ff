import type { Clock } from "@ottla/base";
import { ClientError } from "../../client-error.ts";
import type { OAuthToken, TokenProvider } from "./oauth-bearer.ts";

export interface ClientCredentials {
  readonly tokenEndpointUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** Percent-encode id and secret before they go into the header, as RFC 6749 wants and few servers need; Java's `sasl.oauthbearer.header.urlencode`. */
  readonly encodesHeader?: boolean | undefined;
}

const ANSWER_BYTES_MAX = 1024 * 1024;

/** Tokens of an authorization server (RFC 6749, section 4.4). Errors: `ClientError` TOKEN_UNAVAILABLE where the server is, or may be, back soon; AUTHENTICATION_FAILED where it refuses the credentials. */
export function clientCredentialsProvider(credentials: ClientCredentials, clock: Clock): TokenProvider {
  const { tokenEndpointUrl } = credentials;
  return async ({ signal }) => {
    const { status, text } = await post(credentials, signal);
    if (status !== 200) throw refusal(tokenEndpointUrl, status, text);
    return readToken(tokenEndpointUrl, text, clock.nowMs());
  };
}

async function post(credentials: ClientCredentials, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const { tokenEndpointUrl: url, scope } = credentials;
  const body = new URLSearchParams({ grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) });
  const headers = { accept: "application/json", authorization: authorizationOf(credentials) };
  try {
    // A redirection could carry the secret elsewhere.
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    return { status: response.status, text: await readBounded(response) };
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    throw new ClientError(
      "TOKEN_UNAVAILABLE",
      `OAUTHBEARER: ${url} cannot be asked for a token: ${inner instanceof Error ? inner.message : String(inner)}.`,
      {
        cause,
      },
    );
  }
}

function authorizationOf({ clientId, clientSecret, encodesHeader }: ClientCredentials): string {
  const [id, secret] = encodesHeader === true ? [encodeURIComponent(clientId), encodeURIComponent(clientSecret)] : [clientId, clientSecret];
  return `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`;
}

async function readBounded(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let byteLength = 0;
  for await (const piece of response.body ?? []) {
    byteLength += piece.length;
    if (byteLength > ANSWER_BYTES_MAX)
      throw new ClientError("AUTHENTICATION_FAILED", `OAUTHBEARER: the answer of ${response.url} is too long to be a token.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** What the server says of itself may hold anything; the two fields of the standard are shown, and no more. */
function refusal(url: string, status: number, text: string): ClientError {
  const { error, error_description: description } = parse(text);
  const why = [error, description].filter((part) => typeof part === "string" && part.length <= 500).join(": ");
  // Told to come back later, or broken itself.
  const isPassing = status === 408 || status === 429 || status >= 500;
  return new ClientError(
    isPassing ? "TOKEN_UNAVAILABLE" : "AUTHENTICATION_FAILED",
    `OAUTHBEARER: ${url} gave no token (status ${status}${why === "" ? "" : `, ${why}`}); check the client's id, its secret and the scope.`,
  );
}

function readToken(url: string, text: string, nowMs: number): OAuthToken {
  const { access_token: value, expires_in: expiresInS } = parse(text);
  if (typeof value !== "string" || value === "")
    throw new ClientError("AUTHENTICATION_FAILED", `OAUTHBEARER: the answer of ${url} holds no access_token.`);
  const lifeS = Number(expiresInS);
  return Number.isFinite(lifeS) && lifeS > 0 ? { value, expiresAtMs: nowMs + lifeS * 1000 } : { value };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
