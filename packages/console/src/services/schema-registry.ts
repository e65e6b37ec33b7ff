import { type Clock, OttlaError } from "@ottla/base";
import {
  type CompatibilityLevelName,
  createRegistryClient,
  type RegistryClient,
  RegistryClientError,
  type SchemaDefinition,
  type SubjectVersion,
} from "@ottla/serdes";

import { type Incompatibility, readIncompatibility } from "./compatibility-messages.ts";

/** Who waits for a page does not wait long for a registry. */
const TIMEOUT_MS = 5_000;
/** The list of subjects is as old as this at most, and what stands in their rows. */
const LIST_FRESH_MS = 5_000;
const ROW_FRESH_MS = 20_000;
const ROWS_KEPT_MAX = 5_000;
/** So many requests for the rows of one page at a time. */
const AT_A_TIME = 8;

/** A subject as lists show it; null what the registry did not tell. */
export interface SubjectRow {
  readonly subject: string;
  readonly latest: Pick<SubjectVersion, "version" | "id" | "schemaType"> | null;
  /** Its own level; null where that of the registry holds. */
  readonly level: CompatibilityLevelName | null;
}

interface Kept<Value> {
  readonly value: Value;
  readonly atMs: number;
}

/** A schema registry as the pages see it: the list of its subjects is read whole and kept for some seconds, rows are asked for when they are shown. */
export class SchemaRegistry implements AsyncDisposable {
  readonly url: string;
  readonly client: RegistryClient;
  readonly #clock: Clock;
  #subjects: (Kept<Promise<readonly string[]>> & { readonly deleted: boolean }) | undefined;
  readonly #rows = new Map<string, Kept<SubjectRow>>();

  constructor(url: string, clock: Clock) {
    this.url = url.replace(/\/+$/, "");
    this.#clock = clock;
    this.client = createRegistryClient({ baseUrls: url, requestTimeoutMs: TIMEOUT_MS, retries: 0, latestCacheMs: 0 });
  }

  /** All of them, by name. Whoever asks within seconds is given the same list. */
  subjects(deleted: boolean): Promise<readonly string[]> {
    const kept = this.#subjects;
    if (kept !== undefined && kept.deleted === deleted && this.#clock.monotonicMs() - kept.atMs < LIST_FRESH_MS) return kept.value;
    const value = this.client.subjects({ deleted });
    this.#subjects = { value, deleted, atMs: this.#clock.monotonicMs() };
    value.catch(() => {
      if (this.#subjects?.value === value) this.#subjects = undefined;
    });
    return value;
  }

  /** What stands beside these names. */
  async rows(subjects: readonly string[]): Promise<readonly SubjectRow[]> {
    const rows: SubjectRow[] = [];
    for (let at = 0; at < subjects.length; at += AT_A_TIME)
      rows.push(...(await Promise.all(subjects.slice(at, at + AT_A_TIME).map((subject) => this.#row(subject)))));
    return rows;
  }

  /** The level that is set for a subject, or for all; null where there is none of its own. */
  async ownLevel(subject: string | null): Promise<CompatibilityLevelName | null> {
    try {
      const path = subject === null ? "/config" : `/config/${encodeURIComponent(subject)}`;
      const answer = (await this.client.request({ method: "GET", path })) as { readonly compatibilityLevel?: CompatibilityLevelName };
      return answer.compatibilityLevel ?? null;
    } catch (error) {
      if (error instanceof RegistryClientError && error.isNotFound) return null;
      throw error;
    }
  }

  /** What the registry says to a schema that is to come. A subject that is new is compatible with everything. */
  async check(subject: string, definition: SchemaDefinition): Promise<{ readonly isCompatible: boolean } & Incompatibility> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`;
    try {
      const answer = (await this.client.request({ method: "POST", path, body: definition })) as {
        readonly is_compatible: boolean;
        readonly messages?: readonly string[];
      };
      return { isCompatible: answer.is_compatible, ...readIncompatibility(answer.messages ?? []) };
    } catch (error) {
      if (error instanceof RegistryClientError && error.isNotFound) return { isCompatible: true, ...readIncompatibility([]) };
      throw error;
    }
  }

  /** The version under which exactly this schema is there already; null: it is not. */
  async registeredAs(subject: string, definition: SchemaDefinition): Promise<number | null> {
    try {
      return (await this.client.lookup(subject, definition)).version;
    } catch (error) {
      if (error instanceof RegistryClientError && error.isNotFound) return null;
      throw error;
    }
  }

  /** Something was changed. */
  forget(): void {
    this.#subjects = undefined;
    this.#rows.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
  }

  async #row(subject: string): Promise<SubjectRow> {
    const nowMs = this.#clock.monotonicMs();
    const kept = this.#rows.get(subject);
    if (kept !== undefined && nowMs - kept.atMs < ROW_FRESH_MS) return kept.value;
    const [latest, level] = await Promise.all([
      this.client.version(subject, "latest").then(
        ({ version, id, schemaType }) => ({ version, id, schemaType }),
        // Deleted, or gone since the list was read.
        (error: unknown) => {
          if (error instanceof RegistryClientError && error.isNotFound) return null;
          throw error;
        },
      ),
      this.ownLevel(subject),
    ]);
    const value: SubjectRow = { subject, latest, level };
    this.#rows.delete(subject);
    this.#rows.set(subject, { value, atMs: nowMs });
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= ROWS_KEPT_MAX) break;
      this.#rows.delete(oldest);
    }
    return value;
  }
}

/** The registry, where one is known. Errors: `NO_REGISTRY`. */
export function requireRegistry(registry: SchemaRegistry | undefined): SchemaRegistry {
  if (registry !== undefined) return registry;
  throw new OttlaError("NO_REGISTRY", "This console knows no Schema Registry; start one with it, or name yours by --console-registry-url.");
}
