import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type Api, decodeResponse, encodeRequest } from "@ottla/protocol";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { scramFinal } from "../../../packages/broker/src/security/testing/secure-client.ts";
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

  /** A login by SCRAM-SHA-256, with a token's id and secret where `extensions` say so; or the code and the sentence with which it is refused. */
  static async openScram(bootstrap: string, user: string, password: string, extensions = ""): Promise<Asker | string> {
    const [host = "", port = ""] = bootstrap.split(":");
    const asker = new Asker(await Wire.open(host, Number(port)), "asker");
    await asker.ask(saslHandshakeApi, 1, makeSaslHandshakeRequest({ mechanism: "SCRAM-SHA-256" }));
    const say = (text: string) => asker.ask(saslAuthenticateApi, 2, makeSaslAuthenticateRequest({ authBytes: Buffer.from(text) }));
    const bare = `n=${user},r=${randomUUID()}${extensions}`;
    let answer = await say(`n,,${bare}`);
    if (answer.errorCode === 0) answer = await say(scramFinal(bare, answer.authBytes.toString(), password));
    if (answer.errorCode === 0) return asker;
    asker.close();
    return `${answer.errorCode} ${answer.errorMessage}`;
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
