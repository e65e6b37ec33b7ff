import { failed, invalidCredentials, type SaslExchange, type SaslMechanism, type SaslStep } from "../authentication/sasl-mechanism.ts";
import { strangersWord } from "../authentication/strangers-word.ts";
import { readOAuthMessage } from "./client-message.ts";
import type { TokenChecker } from "./token-verdict.ts";

export const OAUTHBEARER = "OAUTHBEARER";
/** What a client answers to the news that its token is not taken. */
const UNDERSTOOD = 1;

/** OAUTHBEARER (RFC 7628): a token of an identity provider. To be used over TLS alone. A refused token is told in JSON, which the client must answer before the login fails. */
export function oauthServer(checker: TokenChecker): SaslMechanism {
  return { name: OAUTHBEARER, begin: () => new OAuthExchange(checker) };
}

class OAuthExchange implements SaslExchange {
  readonly #checker: TokenChecker;
  /** What was told of the token, and why; undefined before. */
  #refusal: { readonly told: string; readonly why: string } | undefined;

  constructor(checker: TokenChecker) {
    this.#checker = checker;
  }

  next(message: Buffer): SaslStep | Promise<SaslStep> {
    if (this.#refusal === undefined) return this.#begin(message);
    const { told, why } = this.#refusal;
    if (message.length === 1 && message[0] === UNDERSTOOD) return failed(told, why);
    return invalidCredentials(OAUTHBEARER, `${why}, and it did not answer the refusal as it must`);
  }

  async #begin(message: Buffer): Promise<SaslStep> {
    const read = readOAuthMessage(message);
    if (typeof read === "string") return invalidCredentials(OAUTHBEARER, read);
    const verdict = await this.#checker.check(read.token);
    if (verdict.kind === "refused") {
      const { why, lackedScope } = verdict;
      const told = JSON.stringify(
        lackedScope === undefined ? { status: "invalid_token" } : { status: "insufficient_scope", scope: lackedScope },
      );
      this.#refusal = { told, why };
      return { kind: "continue", bytes: Buffer.from(told) };
    }
    const { user, expiresAtMs } = verdict;
    const { authorizationId } = read;
    if (authorizationId !== "" && authorizationId !== user)
      return failed(
        `Authentication failed: Client requested an authorization id (${authorizationId}) that is different from the token's principal name (${user})`,
        `its token is for ${strangersWord(user)}, and it asks to act as ${strangersWord(authorizationId)}`,
      );
    return { kind: "done", bytes: Buffer.alloc(0), user, expiresAtMs };
  }
}
