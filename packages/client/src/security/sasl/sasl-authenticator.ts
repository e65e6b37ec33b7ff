import { ErrorCode, KafkaError } from "@ottla/protocol";
import { makeSaslAuthenticateRequest, saslAuthenticateApi } from "@ottla/protocol/apis/sasl-authenticate";
import { makeSaslHandshakeRequest, saslHandshakeApi } from "@ottla/protocol/apis/sasl-handshake";
import { ClientError } from "../../client-error.ts";
import type { AuthenticationExchange, Authenticator } from "../../net/authenticator.ts";
import type { SaslLogin } from "./sasl-exchange.ts";

/** No mechanism takes as many messages; a broker that wants more is none. */
const ROUNDS_MAX = 8;

/** Logs in by SASL: SaslHandshake names the mechanism, SaslAuthenticate carries its messages (KIP-152), and the broker says how long the session lasts (KIP-368). */
export class SaslAuthenticator implements Authenticator {
  readonly #login: SaslLogin;

  constructor(login: SaslLogin) {
    this.#login = login;
  }

  async authenticate(connection: AuthenticationExchange): Promise<number> {
    const login = this.#login;
    await this.#handshake(connection);
    const exchange = await login.begin();
    const version = connection.versions.choose(saslAuthenticateApi);
    let say: Buffer | undefined = exchange.first();
    let sessionLifetimeMs = 0;
    for (let round = 0; say !== undefined; round++) {
      if (round === ROUNDS_MAX)
        throw new ClientError("AUTHENTICATION_FAILED", `${login.mechanism}: the broker was not content after ${ROUNDS_MAX} messages.`);
      const answer = await connection.call(saslAuthenticateApi, version, makeSaslAuthenticateRequest({ authBytes: say }));
      if (answer.errorCode !== ErrorCode.NONE) throw this.#refused(answer.errorCode, answer.errorMessage);
      ({ sessionLifetimeMs } = answer);
      say = await exchange.answer(answer.authBytes);
    }
    return sessionLifetimeMs;
  }

  async #handshake(connection: AuthenticationExchange): Promise<void> {
    const { mechanism } = this.#login;
    const version = connection.versions.choose(saslHandshakeApi, { min: 1 });
    const { errorCode, mechanisms } = await connection.call(saslHandshakeApi, version, makeSaslHandshakeRequest({ mechanism }));
    if (errorCode === ErrorCode.NONE) return;
    if (errorCode === ErrorCode.UNSUPPORTED_SASL_MECHANISM)
      throw new KafkaError(
        errorCode,
        `The listener does not take ${mechanism}${mechanisms.length === 0 ? "" : `; it takes ${mechanisms.join(", ")}`}. Set the mechanism to one of its own (sasl.mechanism), or enable this one there (sasl.enabled.mechanisms).`,
      );
    if (errorCode === ErrorCode.ILLEGAL_SASL_STATE)
      throw new KafkaError(
        errorCode,
        "The listener asks for no login; leave sasl out (security.protocol PLAINTEXT or SSL), or use its SASL listener.",
      );
    throw new KafkaError(errorCode);
  }

  #refused(errorCode: number, message: string | null): KafkaError {
    const login = this.#login;
    login.refused();
    const why = message === null || message === "" ? "" : `: ${message}`;
    return new KafkaError(errorCode, `The broker refused the login of ${login.who} by ${login.mechanism}${why}`);
  }
}
