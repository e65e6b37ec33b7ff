import type { Clock } from "@ottla/base";
import type { CompatibilityLevelName, ReferencedSchema, RegisteredSchema, SchemaDefinition, SubjectVersion } from "../schema-types.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { bodyOf, objectOf, readLevel, readList, readSchema, readVersion } from "./read-answers.ts";
import { collectReferences } from "./collect-references.ts";
import { RegistryClientError } from "./registry-client-error.ts";
import type {
  CompatibilityAnswer,
  RegisterOptions,
  RegistryCallOptions,
  RegistryClient,
  RegistryRequest,
} from "./registry-client-types.ts";

interface Calls {
  call(call: RegistryRequest): Promise<unknown>;
  close(): void;
}

/** A schema's answer that is longer is none: a topic's record has a megabyte, and what is read of the answer holds the loop. */
const MAX_SCHEMA_ANSWER_BYTES = 8 << 20;
/** How long a registry's "no such id" holds, so that a topic full of bytes that are no payloads does not ask for each of them. */
const UNKNOWN_MS = 5_000;
const UNKNOWN_MAX = 10_000;

interface Dated {
  readonly answer: Promise<SubjectVersion>;
  readonly askedAtMs: number;
}

export class CachingRegistryClient implements RegistryClient {
  readonly #calls: Calls;
  readonly #clock: Clock;
  readonly #latestCacheMs: number;
  readonly #byId: BoundedCache<string, RegisteredSchema>;
  readonly #byGuid: BoundedCache<string, RegisteredSchema>;
  readonly #byText: BoundedCache<string, RegisteredSchema>;
  readonly #versions: BoundedCache<string, SubjectVersion>;
  readonly #latest = new Map<string, Dated>();
  readonly #latestMax: number;
  readonly #unknown = new Map<string, { readonly error: unknown; readonly untilMs: number }>();

  constructor(calls: Calls, options: { readonly cacheSize: number; readonly latestCacheMs: number; readonly clock: Clock }) {
    const { cacheSize, clock, latestCacheMs } = options;
    this.#calls = calls;
    this.#clock = clock;
    this.#latestCacheMs = latestCacheMs;
    this.#latestMax = cacheSize;
    this.#byId = new BoundedCache(cacheSize);
    this.#byGuid = new BoundedCache(cacheSize);
    this.#byText = new BoundedCache(cacheSize);
    this.#versions = new BoundedCache(cacheSize);
  }

  register(subject: string, definition: SchemaDefinition, { normalize, signal }: RegisterOptions = {}): Promise<RegisteredSchema> {
    const body = bodyOf(definition);
    const load = async (): Promise<RegisteredSchema> => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions${query({ normalize })}`;
      const answer = objectOf(await this.#schemaCall({ method: "POST", path, body }));
      this.#forgetLatest(subject);
      // Answers of most registries have nothing but the id; what they wrote in place of the text is what readers will see.
      return typeof answer["schema"] === "string" ? readSchema(answer, definition) : this.schemaById(readId(answer), { subject });
    };
    return this.#shared(this.#byText, `register ${subject} ${normalize} ${JSON.stringify(body)}`, load, signal);
  }

  lookup(subject: string, definition: SchemaDefinition, { normalize, signal }: RegisterOptions = {}): Promise<SubjectVersion> {
    const body = bodyOf(definition);
    const load = async (): Promise<SubjectVersion> => {
      const path = `/subjects/${encodeURIComponent(subject)}${query({ normalize })}`;
      return readVersion(await this.#schemaCall({ method: "POST", path, body }), { ...definition, subject });
    };
    return this.#shared(this.#versions, `lookup ${subject} ${normalize} ${JSON.stringify(body)}`, load, signal);
  }

  schemaById(
    id: number,
    { subject, signal }: RegistryCallOptions & { readonly subject?: string | undefined } = {},
  ): Promise<RegisteredSchema> {
    const context = subject === undefined ? "" : contextOf(subject);
    const key = `${context} ${id}`;
    const path = `/schemas/ids/${id}${query(context === "" ? {} : { subject })}`;
    return this.#known(key, () =>
      this.#shared(this.#byId, key, async () => readSchema(await this.#schemaCall({ method: "GET", path }), { id }), signal),
    );
  }

  schemaByGuid(guid: string, { signal }: RegistryCallOptions = {}): Promise<RegisteredSchema> {
    const load = async (): Promise<RegisteredSchema> =>
      // Ids are of a context and a registry; who has a GUID needs none.
      readSchema(await this.#schemaCall({ method: "GET", path: `/schemas/guids/${encodeURIComponent(guid)}` }), { id: 0, guid });
    return this.#known(guid, () => this.#shared(this.#byGuid, guid, load, signal));
  }

  version(subject: string, version: number | "latest", { signal }: RegistryCallOptions = {}): Promise<SubjectVersion> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
    const load = async (): Promise<SubjectVersion> => readVersion(await this.#schemaCall({ method: "GET", path }), { subject });
    if (version !== "latest" && version > 0) return this.#shared(this.#versions, `version ${version} ${subject}`, load, signal);
    return this.#dated(`${subject} latest`, load, signal);
  }

  latestWithMetadata(
    subject: string,
    properties: Readonly<Record<string, string>>,
    { signal }: RegistryCallOptions = {},
  ): Promise<SubjectVersion> {
    const pairs = Object.entries(properties).flatMap(([key, value]): [string, string][] => [
      ["key", key],
      ["value", value],
    ]);
    const path = `/subjects/${encodeURIComponent(subject)}/metadata?${new URLSearchParams(pairs)}`;
    const load = async (): Promise<SubjectVersion> => readVersion(await this.#schemaCall({ method: "GET", path }), { subject });
    return this.#dated(`${subject} ${JSON.stringify(properties)}`, load, signal);
  }

  async subjects({
    prefix,
    deleted,
    signal,
  }: RegistryCallOptions & { readonly prefix?: string; readonly deleted?: boolean } = {}): Promise<readonly string[]> {
    return readList(
      await this.#calls.call({ method: "GET", path: `/subjects${query({ subjectPrefix: prefix, deleted })}`, signal }),
      "string",
    );
  }

  async versions(
    subject: string,
    { deleted, signal }: RegistryCallOptions & { readonly deleted?: boolean } = {},
  ): Promise<readonly number[]> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions${query({ deleted })}`;
    return readList(await this.#calls.call({ method: "GET", path, signal }), "number");
  }

  async deleteSubject(
    subject: string,
    { permanent, signal }: RegistryCallOptions & { readonly permanent?: boolean } = {},
  ): Promise<readonly number[]> {
    this.#forget();
    const path = `/subjects/${encodeURIComponent(subject)}${query({ permanent })}`;
    return readList(await this.#calls.call({ method: "DELETE", path, signal }), "number");
  }

  async deleteVersion(
    subject: string,
    version: number,
    { permanent, signal }: RegistryCallOptions & { readonly permanent?: boolean } = {},
  ): Promise<number> {
    this.#forget();
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}${query({ permanent })}`;
    return readList([await this.#calls.call({ method: "DELETE", path, signal })], "number")[0]!;
  }

  async checkCompatibility(
    subject: string,
    definition: SchemaDefinition,
    { normalize, signal, version }: RegisterOptions & { readonly version?: number | "latest" } = {},
  ): Promise<CompatibilityAnswer> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions${version === undefined ? "" : `/${version}`}${query({ normalize, verbose: true })}`;
    const answer = objectOf(await this.#calls.call({ method: "POST", path, body: bodyOf(definition), signal }));
    const { messages } = answer;
    return { isCompatible: answer["is_compatible"] === true, messages: Array.isArray(messages) ? messages.map(String) : [] };
  }

  async compatibilityLevel(subject?: string, { signal }: RegistryCallOptions = {}): Promise<CompatibilityLevelName> {
    const path = subject === undefined ? "/config" : `/config/${encodeURIComponent(subject)}?defaultToGlobal=true`;
    const answer = objectOf(await this.#calls.call({ method: "GET", path, signal }));
    return readLevel(answer["compatibilityLevel"] ?? answer["compatibility"]);
  }

  async setCompatibilityLevel(
    subject: string | undefined,
    level: CompatibilityLevelName,
    { signal }: RegistryCallOptions = {},
  ): Promise<void> {
    const path = subject === undefined ? "/config" : `/config/${encodeURIComponent(subject)}`;
    await this.#calls.call({ method: "PUT", path, body: { compatibility: level }, signal });
  }

  referencesOf(schema: SchemaDefinition, options: RegistryCallOptions = {}): Promise<readonly ReferencedSchema[]> {
    return collectReferences(schema, (subject, version) => this.version(subject, version, options));
  }

  request(call: RegistryRequest): Promise<unknown> {
    return this.#calls.call(call);
  }

  close(): Promise<void> {
    this.#calls.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #schemaCall(call: RegistryRequest): Promise<unknown> {
    return this.#calls.call({ ...call, maxAnswerBytes: MAX_SCHEMA_ANSWER_BYTES });
  }

  /** One request for all who wait; who gives up leaves the others waiting. */
  #shared<Key, Value>(
    cache: BoundedCache<Key, Value>,
    key: Key,
    load: () => Promise<Value>,
    signal: AbortSignal | undefined,
  ): Promise<Value> {
    return unlessAborted(cache.get(key, load), signal);
  }

  #dated(key: string, load: () => Promise<SubjectVersion>, signal: AbortSignal | undefined): Promise<SubjectVersion> {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#latest.get(key);
    if (known !== undefined && nowMs - known.askedAtMs < this.#latestCacheMs) return unlessAborted(known.answer, signal);
    const dated = { answer: load(), askedAtMs: nowMs };
    this.#latest.delete(key);
    this.#latest.set(key, dated);
    if (this.#latest.size > this.#latestMax) this.#latest.delete(this.#latest.keys().next().value!);
    dated.answer.catch(() => {
      if (this.#latest.get(key) === dated) this.#latest.delete(key);
    });
    return unlessAborted(dated.answer, signal);
  }

  async #known(key: string, load: () => Promise<RegisteredSchema>): Promise<RegisteredSchema> {
    const unknown = this.#unknown.get(key);
    if (unknown !== undefined) {
      if (unknown.untilMs > this.#clock.monotonicMs()) throw unknown.error;
      this.#unknown.delete(key);
    }
    try {
      return await load();
    } catch (error) {
      if (error instanceof RegistryClientError && error.isNotFound) {
        if (this.#unknown.size >= UNKNOWN_MAX) this.#unknown.delete(this.#unknown.keys().next().value!);
        this.#unknown.set(key, { error, untilMs: this.#clock.monotonicMs() + UNKNOWN_MS });
      }
      throw error;
    }
  }

  #forgetLatest(subject: string): void {
    for (const key of this.#latest.keys()) if (key.startsWith(`${subject} `)) this.#latest.delete(key);
  }

  /** After a deletion a subject's versions and registrations mean nothing any more; ids do. */
  #forget(): void {
    this.#latest.clear();
    this.#byText.clear();
    this.#versions.clear();
  }
}

function readId(answer: Readonly<Record<string, unknown>>): number {
  if (typeof answer["id"] !== "number")
    throw new RegistryClientError("REGISTRY_BAD_ANSWER", "The registry's answer to a registration has no id.");
  return answer["id"];
}

/** `:.context:subject` → `.context`, else "". */
function contextOf(subject: string): string {
  return /^:(\.[^:]+):/.exec(subject)?.[1] ?? "";
}

function query(pairs: Readonly<Record<string, string | boolean | undefined>>): string {
  const given = Object.entries(pairs).filter(([, value]) => value !== undefined && value !== false);
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([key, value]): [string, string] => [key, String(value)]))}`;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new RegistryClientError("REGISTRY_ABORTED", "The call was given up.", { cause: signal.reason }));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
