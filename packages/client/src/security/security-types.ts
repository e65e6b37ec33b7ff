import type { TlsVersion } from "@ottla/base";
import type { TokenProvider } from "./sasl/oauth-bearer.ts";
import type { ScramMechanism } from "./sasl/scram.ts";

/** Certificates and keys in PEM: text, or the bytes of a file. */
export type Pem = string | Uint8Array;

/** How connections are encrypted. All of it is optional: `tls: {}` (or `true`) trusts the authorities that Node knows. */
export interface TlsOptions {
  /** Who may have issued the brokers' certificates. Default: the authorities that Node knows. */
  readonly ca?: Pem | readonly Pem[] | undefined;
  /** The client's own certificate and those that issued it, and its key, where brokers ask for one (mutual TLS). */
  readonly cert?: Pem | undefined;
  readonly key?: Pem | undefined;
  /** Of the key, where it is encrypted. */
  readonly passphrase?: string | undefined;
  /**
   * The same as files. They are read for each new connection, so that a renewed certificate serves the next one; what cannot be used then (half written, a key that does not fit)
   * leaves the former in use, and the log says so. One file may hold certificate and key.
   */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The client's certificate and key (in place of `certFile` and `keyFile`), and who is trusted (in place of `caFile`), as PKCS#12 stores; read as those files are. */
  readonly keystore?: StoreFile | undefined;
  readonly truststore?: StoreFile | undefined;
  /** The name that brokers' certificates must have. Default: the host that is connected to. */
  readonly serverName?: string | undefined;
  /** False takes a certificate of any host that somebody trusted has issued: whoever has one can be the man in the middle. Default true. */
  readonly verifyHost?: boolean | undefined;
  /** Default TLSv1.2 and TLSv1.3. */
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
  /** By the names of the standards (and of Java) or of OpenSSL. Default: Node's choice. */
  readonly cipherSuites?: readonly string[] | undefined;
}

/** A PKCS#12 store, as Java's keytool and OpenSSL make them (`.p12`, `.pfx`). */
export interface StoreFile {
  readonly file: string;
  readonly password?: string | undefined;
}

/** Who the client says it is. */
export type SaslOptions = PasswordLogin | DelegationTokenLogin | TokenLogin | ClientCredentialsLogin;

/** By name and password. PLAIN sends them as they are: only over TLS. */
export interface PasswordLogin {
  readonly mechanism: "PLAIN" | ScramMechanism;
  readonly username: string;
  readonly password: string;
}

/** By a delegation token (KIP-48). */
export interface DelegationTokenLogin {
  readonly mechanism: ScramMechanism;
  readonly tokenId: string;
  /** The token's secret, in base64 as brokers and tools give it. */
  readonly tokenHmac: string;
}

/** By tokens from wherever the program gets them: a cloud's identity, a file, a vault. */
export interface TokenLogin {
  readonly mechanism: "OAUTHBEARER";
  readonly token: TokenProvider;
  readonly extensions?: Readonly<Record<string, string>> | undefined;
}

/** By tokens of an authorization server, asked for with the client's own credentials (RFC 6749, section 4.4). */
export interface ClientCredentialsLogin {
  readonly mechanism: "OAUTHBEARER";
  /** `https://…`; `http://` for tests. */
  readonly tokenEndpointUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
  /** Percent-encodes id and secret before they go into the header, as RFC 6749 wants and few servers need. Default false. */
  readonly encodesHeader?: boolean | undefined;
  readonly extensions?: Readonly<Record<string, string>> | undefined;
}
