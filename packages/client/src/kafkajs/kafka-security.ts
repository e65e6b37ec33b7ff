import type { OAuthToken } from "../security/sasl/oauth-bearer.ts";
import type { Pem, SaslOptions, TlsOptions } from "../security/security-types.ts";
import { KafkaJSNonRetriableError, KafkaJSNotImplemented } from "./errors.ts";

/** kafkajs hands it to Node's tls; these of its options have a meaning here. */
export interface SslConfig {
  ca?: Pem | Pem[];
  cert?: Pem;
  key?: Pem;
  passphrase?: string;
  servername?: string;
  minVersion?: "TLSv1.2" | "TLSv1.3";
  maxVersion?: "TLSv1.2" | "TLSv1.3";
  rejectUnauthorized?: boolean;
}

/** As kafkajs has it: mechanisms in small letters. */
export type SaslConfig =
  | { mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; username: string; password: string }
  | { mechanism: "oauthbearer"; oauthBearerProvider: () => Promise<{ value: string } & Partial<OAuthToken>> };

const SSL_NAMES = ["ca", "cert", "key", "passphrase", "servername", "minVersion", "maxVersion", "rejectUnauthorized"];

/** Throws KafkaJSNotImplemented for what would change whom the client trusts if it were passed over. */
export function tlsOptions(ssl: boolean | SslConfig | undefined): boolean | TlsOptions {
  if (ssl === undefined || typeof ssl === "boolean") return ssl ?? false;
  const other = Object.keys(ssl).find((name) => !SSL_NAMES.includes(name));
  if (other !== undefined) throw new KafkaJSNotImplemented(`ssl.${other} is not there; ssl takes ${SSL_NAMES.join(", ")}.`);
  const { servername, rejectUnauthorized, ...rest } = ssl;
  if (rejectUnauthorized === false)
    throw new KafkaJSNotImplemented("ssl.rejectUnauthorized: false would trust anybody; give the broker's certificate as ssl.ca instead.");
  return { ...rest, ...(servername === undefined ? {} : { serverName: servername }) };
}

/** Throws KafkaJSNonRetriableError, as kafkajs does, for a mechanism that is none, and KafkaJSNotImplemented for one that only kafkajs has. */
export function saslOptions(sasl: SaslConfig | undefined): SaslOptions | undefined {
  if (sasl === undefined) return undefined;
  const mechanism: unknown = (sasl as { readonly mechanism?: unknown } | null)?.mechanism;
  switch (typeof mechanism === "string" ? mechanism.toLowerCase() : "") {
    case "plain":
      return { ...named(sasl), mechanism: "PLAIN" };
    case "scram-sha-256":
      return { ...named(sasl), mechanism: "SCRAM-SHA-256" };
    case "scram-sha-512":
      return { ...named(sasl), mechanism: "SCRAM-SHA-512" };
    case "oauthbearer": {
      const { oauthBearerProvider } = sasl as { readonly oauthBearerProvider?: unknown };
      if (typeof oauthBearerProvider !== "function")
        throw new KafkaJSNonRetriableError("SASL OAUTHBEARER: Missing OAuth bearer token provider");
      return { mechanism: "OAUTHBEARER", token: () => (oauthBearerProvider as () => Promise<OAuthToken>)() };
    }
    case "aws":
      throw new KafkaJSNotImplemented(
        'sasl.mechanism "aws" (of STACK\'s login module) is not there; MSK\'s IAM goes by "oauthbearer" with Amazon\'s signer as the provider.',
      );
    default:
      throw new KafkaJSNonRetriableError(`SASL ${String(mechanism)} mechanism is not supported`);
  }
}

function named(sasl: SaslConfig): { readonly username: string; readonly password: string } {
  const { username, password } = sasl as { readonly username?: unknown; readonly password?: unknown };
  if (typeof username !== "string" || typeof password !== "string" || username === "" || password === "")
    throw new KafkaJSNonRetriableError(`SASL ${sasl.mechanism.toUpperCase()}: Invalid username or password`);
  return { username, password };
}
