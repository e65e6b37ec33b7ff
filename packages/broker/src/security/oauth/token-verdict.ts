/** What comes of a token. */
export type TokenVerdict =
  | {
      readonly kind: "valid";
      readonly user: string;
      /** When it ends, in ms since the epoch. */
      readonly expiresAtMs: number;
    }
  /** `why` is for the log, and holds nothing of the token but what names its key. */
  | { readonly kind: "refused"; readonly why: string /** It lacks what is asked for. */; readonly lackedScope?: string };

export function refusedToken(why: string): TokenVerdict {
  return { kind: "refused", why };
}

/** Decides about the tokens of one listener. */
export interface TokenChecker {
  check(token: string): TokenVerdict | Promise<TokenVerdict>;
  /** Lets go of what it follows. */
  close(): void;
}
