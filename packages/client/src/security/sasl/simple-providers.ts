import { fileURLToPath } from "node:url";
import { ClientError } from "../../client-error.ts";
import { resolveDeps } from "../../deps.ts";
import type { TokenProvider } from "./oauth-bearer.ts";

const TOKEN_BYTES_MAX = 256 * 1024;
const LIFE_S = 3600;

/** The token that a file holds at that moment; who writes it keeps it fresh. Java's `file:` form of `sasl.oauthbearer.token.endpoint.url`. */
export function fileTokenProvider(url: string): TokenProvider {
  return async () => {
    try {
      return { value: (await resolveDeps().readFile(fileURLToPath(url), TOKEN_BYTES_MAX)).toString("utf8").trim() };
    } catch (cause) {
      const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
      throw new ClientError("TOKEN_UNAVAILABLE", `OAUTHBEARER: the token file ${url} cannot be read (${reason}).`, { cause });
    }
  };
}

/**
 * Tokens that nobody signed, as Java's OAuthBearerUnsecuredLoginCallbackHandler makes them from the options of its login module: for development, where a broker takes them.
 */
export function unsecuredTokenProvider(options: ReadonlyMap<string, string>): TokenProvider {
  const { clock } = resolveDeps();
  const claims: Record<string, unknown> = {};
  for (const [name, value] of options) {
    const [, kind, claim = ""] = /^unsecuredLogin(String|Number|List)Claim_(.+)$/.exec(name) ?? [];
    if (kind === "String") claims[claim] = value;
    else if (kind === "Number") claims[claim] = Number(value);
    // The first sign is what separates the others.
    else if (kind === "List") claims[claim] = value === "" ? [] : value.slice(1).split(value[0]!);
  }
  const lifeS = Number(options.get("unsecuredLoginLifetimeSeconds") ?? LIFE_S);
  return () => {
    const nowS = Math.floor(clock.nowMs() / 1000);
    const body = { iat: nowS, exp: nowS + lifeS, ...claims };
    return { value: `${encode({ alg: "none" })}.${encode(body)}.`, expiresAtMs: body.exp * 1000 };
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
