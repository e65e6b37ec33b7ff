import type { CallOptions } from "../../options/call-options.ts";
import type { ScramMechanism } from "../../security/sasl/scram.ts";
import type { Named } from "../../outcome.ts";

/** A user's password for one mechanism, as the cluster keeps it: no password is in it. */
export interface ScramCredential {
  readonly mechanism: ScramMechanism;
  readonly iterations: number;
}

/** A credential to be set or taken away. */
export type ScramChange =
  | {
      readonly user: string;
      readonly mechanism: ScramMechanism;
      readonly password: string;
      /** From 4,096 to 16,384 with Apache Kafka; default 8,192. */
      readonly iterations?: number | undefined;
      /** Default: random. */
      readonly salt?: Uint8Array | undefined;
    }
  | { readonly user: string; readonly mechanism: ScramMechanism; readonly remove: true };

/** Who a delegation token speaks for, and how long (KIP-48). */
export interface DelegationToken {
  readonly tokenId: string;
  /** The secret, in base64: with the id it is a login by SCRAM, and it names the token when that is renewed or ended. Printing the token does not show it. */
  readonly hmac: string;
  /** `User:alice`, as all principals here. */
  readonly owner: string;
  /** Who asked for it. */
  readonly requester: string;
  readonly renewers: readonly string[];
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** It cannot be renewed beyond. */
  readonly maxTimestampMs: number;
}

/** The calls of `Admin` about who may log in. Each needs a connection that has authenticated itself where the cluster restricts who may ask. */
export interface LoginAdmin {
  /** The users named, or all that have a SCRAM credential. Passwords cannot be read. */
  describeUserScramCredentials(users?: readonly string[], options?: CallOptions): Promise<readonly Named<readonly ScramCredential[]>[]>;
  /** One outcome per user, in the order in which they are named first. What goes over the wire are salted hashes, made here and off the event loop; no password. */
  alterUserScramCredentials(changes: readonly ScramChange[], options?: CallOptions): Promise<readonly Named<void>[]>;
  /** For whoever asks, or for `owner` where that is allowed. `maxLifetimeMs` default: the broker's `delegation.token.max.lifetime.ms`. */
  createDelegationToken(
    options?: CallOptions & { readonly owner?: string; readonly renewers?: readonly string[]; readonly maxLifetimeMs?: number },
  ): Promise<DelegationToken>;
  /** Those of the owners, or all that the asker may see. */
  describeDelegationToken(options?: CallOptions & { readonly owners?: readonly string[] }): Promise<readonly DelegationToken[]>;
  /** When it ends now, in ms since 1970. `renewPeriodMs` default: the broker's `delegation.token.expiry.time.ms`. */
  renewDelegationToken(hmac: string, options?: CallOptions & { readonly renewPeriodMs?: number }): Promise<number>;
  /** Ends it after `expiryPeriodMs`, default at once. Resolves to when, in ms since 1970. */
  expireDelegationToken(hmac: string, options?: CallOptions & { readonly expiryPeriodMs?: number }): Promise<number>;
}
