/** What one message of a client leads to. */
export type SaslStep =
  /** `bytes` go to the client, which answers. */
  | { readonly kind: "continue"; readonly bytes: Buffer }
  | {
      readonly kind: "done";
      /** The last word to the client. */
      readonly bytes: Buffer;
      readonly user: string;
      /** When what the client showed ends, in ms since the epoch. */
      readonly expiresAtMs?: number | undefined;
      /** It was a delegation token. */
      readonly isByToken?: boolean;
    }
  /** `message` is for the client, and tells nobody what was wrong; `why` is for the log, and holds no secret. */
  | { readonly kind: "failed"; readonly message: string; readonly why: string };

/** The server's side of one login. Each message is taken once; after `done` or `failed` there is nothing more. */
export interface SaslExchange {
  next(message: Buffer): SaslStep | Promise<SaslStep>;
}

/** One way to log in, on one listener. */
export interface SaslMechanism {
  readonly name: string;
  begin(): SaslExchange;
}

/** The outcome for credentials that are wrong or make no sense, in Kafka's words. */
export function invalidCredentials(mechanism: string, why: string): SaslStep {
  return failed(`Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`, why);
}

/** The outcome for a client whose messages make no sense or do not fit: as much as anybody may know. */
export function failed(message: string, why: string): SaslStep {
  return { kind: "failed", message, why };
}
