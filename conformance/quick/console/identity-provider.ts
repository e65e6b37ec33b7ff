import { createHash, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What a login over there comes to. */
export interface ProviderWish {
  /** Claims beside those that every ID token has. Undefined ones are left out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Somebody else signs. */
  readonly isForged?: boolean;
  /** `alg: none`. */
  readonly isUnsigned?: boolean;
  /** The person says no. */
  readonly isDenied?: boolean;
  /** It answers this path and does not stop to. */
  readonly endless?: "/token" | "/keys";
}

/** An OpenID Connect provider of one client, `console`, that does what a test wants; it checks PKCE and its own codes. */
export class IdentityProvider implements AsyncDisposable {
  wish: ProviderWish = {};
  /** What came with the last login. */
  asked = new URLSearchParams();
  readonly #server: Server;
  readonly #key = generateKeyPairSync("rsa", { modulusLength: 2048 });
  readonly #otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  readonly #codes = new Map<string, URLSearchParams>();
  #count = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<IdentityProvider> {
    const provider = new IdentityProvider();
    provider.#server.listen(0, "127.0.0.1");
    await once(provider.#server, "listening");
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.issuer);
    const json = (body: unknown, status = 200): void =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (url.pathname === "/.well-known/openid-configuration")
      return json({
        issuer: this.issuer,
        authorization_endpoint: `${this.issuer}/authorize`,
        token_endpoint: `${this.issuer}/token`,
        jwks_uri: `${this.issuer}/keys`,
        end_session_endpoint: `${this.issuer}/logout`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
        code_challenge_methods_supported: ["S256"],
      });
    if (url.pathname === this.wish.endless)
      return void pipeline(Readable.from(endlessJson()), response.setHeader("content-type", "application/json")).catch(() => {});
    if (url.pathname === "/keys")
      return json({ keys: [{ ...this.#key.publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }] });
    if (url.pathname === "/authorize") return this.#authorize(url.searchParams, response);
    if (url.pathname === "/token") return this.#token(new URLSearchParams(await textOf(request)), json);
    return json({}, 404);
  }

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    this.asked = asked;
    const back = new URL(asked.get("redirect_uri") ?? "");
    back.searchParams.set("state", asked.get("state") ?? "");
    const code = `code-${++this.#count}`;
    if (this.wish.isDenied === true) back.searchParams.set("error", "access_denied");
    else back.searchParams.set("code", code);
    this.#codes.set(code, asked);
    response.writeHead(302, { location: back.href }).end();
  }

  #token(given: URLSearchParams, json: (body: unknown, status?: number) => void): void {
    const asked = this.#codes.get(given.get("code") ?? "");
    // A code is good for once.
    this.#codes.delete(given.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(given.get("code_verifier") ?? "")
      .digest("base64url");
    if (asked === undefined || challenge !== asked.get("code_challenge") || given.get("redirect_uri") !== asked.get("redirect_uri"))
      return json({ error: "invalid_grant" }, 400);
    const nowS = Math.floor(Date.now() / 1_000);
    const nonce = asked.get("nonce") ?? undefined;
    const claims = { iss: this.issuer, sub: "4711", aud: "console", iat: nowS, exp: nowS + 300, nonce, ...this.wish.claims };
    return json({ access_token: "a", token_type: "Bearer", id_token: this.#signed(claims) });
  }

  #signed(claims: object): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    if (this.wish.isUnsigned === true) return `${part({ alg: "none" })}.${part(claims)}.`;
    const head = `${part({ alg: "RS256", kid: "one" })}.${part(claims)}`;
    const key: KeyObject = this.wish.isForged === true ? this.#otherKey : this.#key.privateKey;
    return `${head}.${createSign("sha256").update(head).sign(key).toString("base64url")}`;
  }
}

/** JSON that begins and has no end, until nobody reads it. */
function* endlessJson(): Generator<string> {
  yield '{"keys":["';
  for (;;) yield "x".repeat(65_536);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text;
}
