import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** A pair of keys that signs tokens. */
export interface SigningKey {
  readonly keyId: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function makeSigningKey(keyId: string, algorithm = "ES256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { keyId, algorithm, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: keyId, use: "sig", alg: algorithm } };
}

/** What a token says beside that it is of {@link ISSUER} for {@link AUDIENCE}, a minute long, for alice. */
export type Claims = Readonly<Record<string, unknown>>;

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "kafka";

/** A token as the provider makes it; `claims` that are undefined are left out. */
export function signToken(key: SigningKey, claims: Claims = {}, header: { readonly kid?: string } = { kid: key.keyId }): Promise<string> {
  const nowS = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: "alice", iat: nowS, exp: nowS + 60, ...claims })
    .setProtectedHeader({ alg: key.algorithm, ...header })
    .sign(key.privateKey);
}

/** Shows its public keys, and gives tokens to clients with their credentials (RFC 6749, section 4.4), at an address of its own on loopback. */
export class IdentityProvider implements AsyncDisposable {
  readonly #server: Server;
  /** The keys that it shows. */
  keys: readonly SigningKey[];
  /** How often they were asked for. */
  asked = 0;
  /** Secrets by client, which is the user in its tokens. */
  readonly clients: Map<string, string> = new Map<string, string>();
  /** For how long its tokens live. */
  tokenMs = 60_000;
  tokensGiven = 0;
  /** What it answers in place of them. */
  answer: { readonly status: number; readonly text: string } | undefined;

  private constructor(server: Server, keys: readonly SigningKey[]) {
    this.#server = server;
    this.keys = keys;
  }

  static async start(keys: readonly SigningKey[]): Promise<IdentityProvider> {
    const server = createServer((request, response) => {
      if (request.method === "POST") {
        void provider.#giveToken(request).then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)));
        return;
      }
      provider.asked++;
      const { status, text } = provider.answer ?? {
        status: 200,
        text: JSON.stringify({ keys: provider.keys.map((key) => key.publicJwk) }),
      };
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    });
    const provider = new IdentityProvider(server, keys);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`;
  }

  /** Where it gives them; with `/SECONDS/AUDIENCE` behind it, such that live so long and are for that audience. */
  get tokenUrl(): string {
    return this.url.replace(/keys$/, "token");
  }

  async #giveToken(request: IncomingMessage): Promise<{ readonly status: number; readonly body: object }> {
    request.resume();
    await once(request, "end");
    const [, encoded = ""] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    const [client = "", secret] = Buffer.from(encoded, "base64").toString().split(":");
    if (secret === undefined || this.clients.get(client) !== secret)
      return { status: 401, body: { error: "invalid_client", error_description: "unknown client or wrong secret" } };
    this.tokensGiven++;
    const [, lifetimeSeconds, aud = AUDIENCE] = /^\/token\/([\d.]+)\/(.+)$/.exec(request.url ?? "") ?? [];
    const tokenMs = lifetimeSeconds === undefined ? this.tokenMs : Number(lifetimeSeconds) * 1000;
    const endsAtS = (Date.now() + tokenMs) / 1000;
    const exp = tokenMs < 60_000 ? endsAtS : Math.floor(endsAtS);
    const token = await signToken(this.keys[0]!, { sub: client, aud, exp, scope: "kafka" });
    return { status: 200, body: { access_token: token, token_type: "Bearer", expires_in: tokenMs / 1000 } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
