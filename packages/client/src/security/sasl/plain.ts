import type { SaslExchange, SaslLogin } from "./sasl-exchange.ts";

/** RFC 4616: name and password as they are, so that only an encrypted connection keeps them secret. */
export class PlainLogin implements SaslLogin {
  readonly mechanism = "PLAIN";
  readonly who: string;
  readonly #message: Buffer;

  constructor(username: string, password: string) {
    this.who = `"${username}"`;
    this.#message = Buffer.from(`\0${username}\0${password}`);
  }

  begin(): Promise<SaslExchange> {
    const message = this.#message;
    return Promise.resolve({ first: () => message, answer: () => Promise.resolve(undefined) });
  }

  refused(): void {}
}
