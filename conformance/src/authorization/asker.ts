import assert from "node:assert/strict";
import { type Api, decodeResponse, encodeRequest } from "@ottla/protocol";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { Wire } from "../../../tools/sweep/wire.ts";

/** Of every user. */
const PASSWORD = "pw";

/** The setting of a broker that lets these users in by PLAIN, on a listener SASL_PLAINTEXT. */
export function plainLogins(users: readonly string[]): Readonly<Record<string, string>> {
  const each = users.map((user) => `user_${user}="${PASSWORD}"`).join(" ");
  return {
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required ${each};`,
  };
}

/** One user's connection; undefined: nobody's. */
export class Asker {
  readonly #wire: Wire;
  readonly #clientId: string;
  #correlationId = 0;

  private constructor(wire: Wire, clientId: string) {
    this.#wire = wire;
    this.#clientId = clientId;
  }

  static async open(bootstrap: string, user?: string, clientId = "asker"): Promise<Asker> {
    const [host = "", port = ""] = bootstrap.split(":");
    const asker = new Asker(await Wire.open(host, Number(port)), clientId);
    if (user === undefined) return asker;
    await asker.ask(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism: "PLAIN" }));
    const authBytes = Buffer.from(`\0${user}\0${PASSWORD}`);
    const { errorCode } = await asker.ask(saslAuthenticateApi, 2, makeSaslAuthenticateRequest({ authBytes }));
    assert.equal(errorCode, 0, user);
    return asker;
  }

  async ask<Request, Response>(api: Api<Request, Response>, version: number, request: Request): Promise<Response> {
    const answer = await this.#wire.ask(encodeRequest(api, version, ++this.#correlationId, this.#clientId, request), 20_000);
    assert.equal(answer.kind, "frame", api.name);
    return decodeResponse(api, version, answer.kind === "frame" ? answer.frame : Buffer.alloc(0));
  }

  close(): void {
    this.#wire.close();
  }
}
