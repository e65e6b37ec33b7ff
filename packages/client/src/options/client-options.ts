import type { Reachability } from "../cluster/reachability.ts";
import type { Authenticator } from "../net/authenticator.ts";
import type { SaslOptions, TlsOptions } from "../security/security-types.ts";
import type { ConnectionTls } from "../security/tls/connection-tls.ts";
import type { OptionNames } from "./option-reader.ts";

/** What every client needs to know: where the cluster is and how patient to be. Defaults are Kafka's. */
export interface ClientOptions {
  /** `host:port`, several of them as a list or comma-separated; an IPv6 address stands in brackets: `[::1]:9092`. */
  readonly bootstrapServers: string | readonly string[];
  /** Names this program in the broker's logs and quotas. Default `ottla`. */
  readonly clientId?: string | undefined;
  /** A request without an answer for this long breaks its connection. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long a call may take in all, retries included. Default 60,000. */
  readonly apiTimeoutMs?: number | undefined;
  /** First and longest pause before a failed request is tried again; it doubles, with 20 % of chance. Defaults 100 and 1,000. */
  readonly retryBackoffMs?: number | undefined;
  readonly retryBackoffMaxMs?: number | undefined;
  /** First and longest pause before a broken connection is opened again. Defaults 50 and 1,000. */
  readonly reconnectBackoffMs?: number | undefined;
  readonly reconnectBackoffMaxMs?: number | undefined;
  /** How long a connection may take to open. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** A connection without traffic for this long is closed. Default 540,000. */
  readonly connectionsMaxIdleMs?: number | undefined;
  /** Metadata older than this is fetched again even when nothing went wrong. Default 300,000. */
  readonly metadataMaxAgeMs?: number | undefined;
  /** The rack of this program: consumers then read from a replica in it where the cluster allows it. */
  readonly rack?: string | undefined;
  /** Encrypts all connections; `true` trusts the authorities that Node knows. */
  readonly tls?: boolean | TlsOptions | undefined;
  /** Logs in on each connection. Without `tls` a mechanism other than SCRAM shows its secret to whoever listens. */
  readonly sasl?: SaslOptions | undefined;
  /** The largest answer taken, in bytes; a longer one breaks the connection. Default 268,435,456. */
  readonly responseBytesMax?: number | undefined;
  /** Ends the client at once: all that waits rejects with `ClientError` ABORTED, nothing is committed or flushed, no connection stays open. */
  readonly signal?: AbortSignal | undefined;
  /** Told once when no broker can be reached any more (the client goes on trying), and once when one can again. The logger hears of it, too. */
  readonly onReachability?: ((change: Reachability) => void) | undefined;
  /**
   * What messages call an option that its user knows by another name: `{ bootstrapServers: "--bootstrap-server" }`. Holds for the client's producers and
   * consumers, too, which may have more of their own. Options made from Kafka's properties bring the properties' names along.
   */
  readonly optionNames?: OptionNames | undefined;
}

/** {@link ClientOptions} with every default filled in. */
export interface ResolvedClientOptions {
  readonly bootstrapServers: readonly string[];
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly apiTimeoutMs: number;
  readonly retryBackoffMs: number;
  readonly retryBackoffMaxMs: number;
  readonly reconnectBackoffMs: number;
  readonly reconnectBackoffMaxMs: number;
  readonly connectTimeoutMs: number;
  readonly connectionsMaxIdleMs: number;
  readonly metadataMaxAgeMs: number;
  readonly rack: string | undefined;
  readonly responseBytesMax: number;
  readonly tls: ConnectionTls | undefined;
  readonly authenticator: Authenticator;
  readonly onReachability: ((change: Reachability) => void) | undefined;
  readonly optionNames: OptionNames;
}
