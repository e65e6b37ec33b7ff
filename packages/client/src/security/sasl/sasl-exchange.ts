/** One login by one mechanism: which bytes are said, and what to say to what comes back. Pure but for work that a mechanism does off the loop. */
export interface SaslExchange {
  /** What the client begins with. */
  first(): Buffer;
  /**
   * The answer to the broker's bytes; undefined when nothing is left to say and the broker has shown all that it must. Throws `ClientError` AUTHENTICATION_FAILED where the
   * broker's bytes make no sense or do not prove what they must.
   */
  answer(challenge: Buffer): Promise<Buffer | undefined>;
}

/** Logs in again and again with what it was given. Its secrets are in private fields, so that printing one shows none. */
export interface SaslLogin {
  /** As it goes over the wire: `SCRAM-SHA-512`. */
  readonly mechanism: string;
  /** Who logs in, for messages: `"alice"`, or `with a token`. */
  readonly who: string;
  /** Ready for one connection. What it throws fails the connection. */
  begin(): Promise<SaslExchange>;
  /** The broker did not take it: what was kept for the next login is forgotten. */
  refused(): void;
}
