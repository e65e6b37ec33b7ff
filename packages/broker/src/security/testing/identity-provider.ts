import { once } from "node:events";
import { createServer, type Server } from "node:http";
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

/** Shows its public keys at an address of its own, on loopback. */
export class IdentityProvider implements AsyncDisposable {
  readonly #server: Server;
  /** The keys that it shows. */
  keys: readonly SigningKey[];
  /** How often they were asked for. */
  asked = 0;
  /** What it answers in place of them. */
  answer: { readonly status: number; readonly text: string } | undefined;

  private constructor(server: Server, keys: readonly SigningKey[]) {
    this.#server = server;
    this.keys = keys;
  }

  static async start(keys: readonly SigningKey[]): Promise<IdentityProvider> {
    const server = createServer((_, response) => {
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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
