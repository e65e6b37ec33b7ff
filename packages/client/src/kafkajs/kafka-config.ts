import type { ClientOptions } from "../options/client-options.ts";
import type { logLevel } from "./constants.ts";
import { KafkaJSNonRetriableError, KafkaJSNotImplemented } from "./errors.ts";
import { type SaslConfig, saslOptions, type SslConfig, tlsOptions } from "./kafka-security.ts";
import type { logCreator } from "./logger.ts";

/** Gives the brokers when they are wanted. */
export type BrokersFunction = () => string[] | Promise<string[]>;

/** How patiently something is tried again. */
export interface RetryOptions {
  /** Longest pause between two tries. Default 30,000. */
  maxRetryTime?: number;
  /** First pause. Default 300. */
  initialRetryTime?: number;
  factor?: number;
  multiplier?: number;
  /** Tries after the first. Default 5. */
  retries?: number;
  restartOnFailure?: (e: Error) => Promise<boolean>;
}

/** What `new Kafka` takes. */
export interface KafkaConfig {
  brokers: string[] | BrokersFunction;
  ssl?: boolean | SslConfig;
  sasl?: SaslConfig;
  clientId?: string;
  connectionTimeout?: number;
  authenticationTimeout?: number;
  reauthenticationThreshold?: number;
  requestTimeout?: number;
  enforceRequestTimeout?: boolean;
  retry?: RetryOptions;
  socketFactory?: unknown;
  logLevel?: logLevel;
  logCreator?: logCreator;
}

/** Throws on what would change the meaning of a connection if it were passed over. */
export function checkConfig(config: KafkaConfig): void {
  tlsOptions(config.ssl);
  saslOptions(config.sasl);
  if (config.socketFactory !== undefined)
    throw new KafkaJSNotImplemented("socketFactory is not there; connections are made by Node's net.");
}

/** The client's options, with the brokers asked for where they are a function. */
export async function clientOptions(config: KafkaConfig, retry: RetryOptions = {}): Promise<ClientOptions> {
  const given = typeof config.brokers === "function" ? await config.brokers() : config.brokers;
  if (!Array.isArray(given) || given.length === 0 || given.some((broker) => typeof broker !== "string" || broker === ""))
    throw new KafkaJSNonRetriableError("Failed to connect: brokers must be a list of host:port texts, or a function that gives one");
  const { initialRetryTime, maxRetryTime } = { ...config.retry, ...retry };
  // Without a bound there, 0 may stand for none; a call without an answer ends here all the same.
  const isBound = config.enforceRequestTimeout !== false || config.requestTimeout !== 0;
  const requestTimeoutMs = isBound ? (config.requestTimeout ?? 30_000) : 30_000;
  const sasl = saslOptions(config.sasl);
  return {
    bootstrapServers: given.map((broker) => (broker.includes(":") ? broker : `${broker}:9092`)),
    clientId: config.clientId ?? "kafkajs",
    tls: tlsOptions(config.ssl),
    ...(sasl === undefined ? {} : { sasl }),
    requestTimeoutMs,
    connectTimeoutMs: config.connectionTimeout ?? 1000,
    ...(initialRetryTime === undefined ? {} : { retryBackoffMs: initialRetryTime }),
    ...(maxRetryTime === undefined ? {} : { retryBackoffMaxMs: maxRetryTime }),
    apiTimeoutMs: Math.max(60_000, requestTimeoutMs),
  };
}
