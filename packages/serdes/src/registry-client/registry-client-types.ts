import type { PeerCertificate } from "node:tls";
import type { Clock } from "@ottla/base";
import type { CompatibilityLevelName, ReferencedSchema, RegisteredSchema, SchemaDefinition, SubjectVersion } from "../schema-types.ts";

/** How a registry is told who asks. */
export type RegistryAuth =
  | { readonly username: string; readonly password: string }
  /** Asked for before each request; it may keep what it has. */
  | { readonly token: string | (() => string | Promise<string>) };

/** TLS, as for Node's `tls.connect`: PEM texts or bytes. */
export interface RegistryTls {
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly passphrase?: string | undefined;
  readonly servername?: string | undefined;
  /** As of `tls.connect`: what it gives refuses the connection. Default: the certificate must be for the host. */
  readonly checkServerIdentity?: ((hostname: string, certificate: PeerCertificate) => Error | undefined) | undefined;
  /** Default true. False takes any certificate: for a test only. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** Which registry, and how it is asked. */
export interface RegistryClientOptions {
  /** One or more instances of one registry: `https://user:password@host:8081/path`. The next one is asked when one does not answer. */
  readonly baseUrls: string | readonly string[];
  readonly auth?: RegistryAuth | undefined;
  readonly tls?: RegistryTls | undefined;
  /** Further headers of each request: `confluent-identity-pool-id`, `target-sr-cluster`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How long one attempt may take. Default 10,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How often a request is tried again that found nobody or a registry that is busy. Default 3, at most 20. */
  readonly retries?: number | undefined;
  /** The wait before the second round of URLs; doubles from round to round, up to 5 s. Default 100. */
  readonly retryBackoffMs?: number | undefined;
  /** How many schemas are kept by id, by GUID, and by subject; the least used goes. Default 10,000. */
  readonly cacheSize?: number | undefined;
  /** How long the answer to "latest" holds. Default 60,000. */
  readonly latestCacheMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** A call's own options. */
export interface RegistryCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How a schema is registered or looked up. */
export interface RegisterOptions extends RegistryCallOptions {
  readonly normalize?: boolean | undefined;
}

/** What a registry says to a schema that is to come. */
export interface CompatibilityAnswer {
  readonly isCompatible: boolean;
  readonly messages: readonly string[];
}

/** One HTTP call, for what has no method of its own. */
export interface RegistryRequest extends RegistryCallOptions {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** From the base URL on, encoded, with its query: `/subjects/orders-value/versions?deleted=true`. */
  readonly path: string;
  readonly body?: unknown;
  /** A longer answer is not read. 256 MiB. */
  readonly maxAnswerBytes?: number;
}

/**
 * A client of a Schema Registry: Ottla's, Confluent's, Karapace, Apicurio's compatible API. Ids and registered schemas are kept, and asked for once however many wait. All calls reject with
 * `RegistryClientError`.
 */
export interface RegistryClient extends AsyncDisposable {
  /** Registers a schema, or gives the id it has. */
  register(subject: string, definition: SchemaDefinition, options?: RegisterOptions): Promise<RegisteredSchema>;
  /** Finds a schema under a subject. Error: 40401, 40403. */
  lookup(subject: string, definition: SchemaDefinition, options?: RegisterOptions): Promise<SubjectVersion>;
  /** `subject`: ids are of a context, and a subject tells which one. */
  schemaById(id: number, options?: RegistryCallOptions & { readonly subject?: string | undefined }): Promise<RegisteredSchema>;
  schemaByGuid(guid: string, options?: RegistryCallOptions): Promise<RegisteredSchema>;
  version(subject: string, version: number | "latest", options?: RegistryCallOptions): Promise<SubjectVersion>;
  /** The latest version whose metadata has these properties. */
  latestWithMetadata(subject: string, properties: Readonly<Record<string, string>>, options?: RegistryCallOptions): Promise<SubjectVersion>;
  subjects(options?: RegistryCallOptions & { readonly prefix?: string; readonly deleted?: boolean }): Promise<readonly string[]>;
  versions(subject: string, options?: RegistryCallOptions & { readonly deleted?: boolean }): Promise<readonly number[]>;
  deleteSubject(subject: string, options?: RegistryCallOptions & { readonly permanent?: boolean }): Promise<readonly number[]>;
  deleteVersion(subject: string, version: number, options?: RegistryCallOptions & { readonly permanent?: boolean }): Promise<number>;
  /** Against the versions that the subject's level asks for, or against one. */
  checkCompatibility(
    subject: string,
    definition: SchemaDefinition,
    options?: RegisterOptions & { readonly version?: number | "latest" },
  ): Promise<CompatibilityAnswer>;
  /** The level of a subject (falls back on the registry's own), or of the registry. */
  compatibilityLevel(subject?: string, options?: RegistryCallOptions): Promise<CompatibilityLevelName>;
  setCompatibilityLevel(subject: string | undefined, level: CompatibilityLevelName, options?: RegistryCallOptions): Promise<void>;
  /** All that a schema refers to, directly or not, each after what it needs. At most 1,000. */
  referencesOf(schema: SchemaDefinition, options?: RegistryCallOptions): Promise<readonly ReferencedSchema[]>;
  /** Any call of the HTTP API, with this client's login, timeouts and retries; answers are not kept. */
  request(call: RegistryRequest): Promise<unknown>;
  /** Ends connections; calls that wait reject. */
  close(): Promise<void>;
}
