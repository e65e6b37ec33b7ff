import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Whom brokers are told to take tokens from and for. */
export const AUDIENCE = "kafka-tests";
const KEY_ID = "first";
/** Clients that the issuer knows, with their secrets. */
const CLIENTS: ReadonlyMap<string, string> = new Map([
  ["robot", "robot secret"],
  ["clerk", "clerk secret"],
]);

/** An authorization server on loopback: the client-credentials flow and the keys that its tokens are signed with. */
export interface TokenIssuer extends AsyncDisposable {
  /** Also the tokens' `iss`. */
  readonly url: string;
  readonly jwksUrl: string;
}

/** Where it gives tokens that live so long; for another audience where one is named. */
export function tokenUrl(issuerUrl: string, lifetimeSeconds: number, audience = AUDIENCE): string {
  return `${issuerUrl}/token/${lifetimeSeconds}/${audience}`;
}

/** Starts one with a fresh RSA key. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, alg: "RS256", use: "sig" }] };
  const server = createServer((request, response) => {
    if (request.url === "/jwks") return answer(response, 200, keys);
    const [, lifetimeSeconds, audience = AUDIENCE] = /^\/token\/([\d.]+)(?:\/(.+))?$/.exec(request.url ?? "") ?? [];
    if (lifetimeSeconds === undefined) return answer(response, 404, {});
    const client = clientOf(request);
    if (client === undefined)
      return answer(response, 401, { error: "invalid_client", error_description: "unknown client or wrong secret" });
    const issued = tokenOf(privateKey, url, client, audience, Number(lifetimeSeconds));
    answer(response, 200, { access_token: issued, token_type: "Bearer", expires_in: Number(lifetimeSeconds) });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url, jwksUrl: `${url}/jwks`, [Symbol.asyncDispose]: close };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function clientOf({ headers }: IncomingMessage): string | undefined {
  const [id = "", secret] = Buffer.from((headers.authorization ?? "").replace(/^Basic /, ""), "base64")
    .toString()
    .split(":");
  return secret !== undefined && CLIENTS.get(id) === secret ? id : undefined;
}

function tokenOf(key: KeyObject, issuer: string, subject: string, audience: string, lifetimeSeconds: number): string {
  const nowSeconds = Date.now() / 1000;
  const claims = {
    iss: issuer,
    sub: subject,
    aud: audience,
    iat: Math.floor(nowSeconds),
    exp: Math.ceil(nowSeconds + lifetimeSeconds),
    jti: randomUUID(),
  };
  const text = [{ alg: "RS256", typ: "JWT", kid: KEY_ID }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}
