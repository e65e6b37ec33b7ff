import { type SchemaFacts, schemaFactsOf } from "./schema-facts.ts";
import type { RegistrySnapshot, SchemaVersionSnapshot } from "../../snapshot/registry-snapshot.ts";

/** What registries have until somebody says otherwise. */
const DEFAULT_LEVEL = "BACKWARD";

/** A record of the topic in which a registry keeps its schemas. */
export interface RegistryTopicRecord {
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** A version as its record says it. */
interface KnownVersion extends SchemaFacts {
  readonly registeredAtMs: number;
}

/** Takes the records of a registry's topic in their order, and says what is in effect after them. What it does not know, or cannot read, it passes over: others keep things of their own there. */
export class RegistryRecords {
  readonly #versions = new Map<string, Map<number, KnownVersion>>();
  /** By subject, by the subject-like name of a context (`:.name:`), and by "" for all. */
  readonly #levels = new Map<string, string>();
  readonly #utf8 = new TextDecoder();

  take({ key, value, timestampMs }: RegistryTopicRecord): void {
    const about = this.#objectOf(key);
    if (about === undefined) return;
    const subject = typeof about["subject"] === "string" ? about["subject"] : "";
    switch (about["keytype"]) {
      case "SCHEMA":
        if (subject !== "" && Number.isSafeInteger(about["version"]))
          this.#takeVersion(subject, Number(about["version"]), value, timestampMs);
        break;
      case "CONFIG": {
        const config = this.#objectOf(value);
        const level = config?.["compatibilityLevel"] ?? config?.["compatibility"];
        if (typeof level === "string") this.#levels.set(subject, level.toUpperCase());
        else if (value === null) this.#levels.delete(subject);
        break;
      }
      case "DELETE_SUBJECT": {
        const upTo = this.#objectOf(value)?.["version"];
        const versions = this.#versions.get(subject);
        for (const version of versions?.keys() ?? []) if (version <= Number(upTo ?? 0)) versions!.delete(version);
        break;
      }
      case "CLEAR_SUBJECT":
        this.#versions.delete(subject);
        break;
    }
  }

  snapshot(topic: string, endOffset: number): RegistrySnapshot {
    const level = this.#levels.get("") ?? DEFAULT_LEVEL;
    const subjects = [...this.#versions]
      .filter(([, versions]) => versions.size > 0)
      .map(([subject, versions]) => {
        const own = this.#levels.get(subject);
        const newest = versions.get(Math.max(...versions.keys()))!;
        return {
          subject,
          level: own ?? this.#levels.get(contextOf(subject)) ?? level,
          isOwnLevel: own !== undefined,
          ...(newest.personalFields.length > 0 && { personalFields: newest.personalFields }),
          versions: [...versions]
            .map(
              ([version, { registeredAtMs, recordType }]): SchemaVersionSnapshot => ({
                version,
                registeredAtMs,
                ...(recordType !== undefined && { recordType }),
              }),
            )
            .sort((a, b) => a.version - b.version),
        };
      })
      .sort((a, b) => (a.subject < b.subject ? -1 : 1));
    return { topic, endOffset, level, subjects };
  }

  #takeVersion(subject: string, version: number, value: Uint8Array | null, timestampMs: number): void {
    const known = this.#versions.get(subject);
    if (value === null || this.#isDeleted(value)) {
      known?.delete(version);
      return;
    }
    if (known?.has(version)) return;
    const { schemaType, schema } = this.#objectOf(value) ?? {};
    const made: KnownVersion = { registeredAtMs: timestampMs, ...schemaFactsOf(schemaType, schema) };
    if (known) known.set(version, made);
    else this.#versions.set(subject, new Map([[version, made]]));
  }

  /** A schema may be a megabyte: whether it is deleted stands at its end, or at its beginning. */
  #isDeleted(value: Uint8Array): boolean {
    const text = this.#utf8.decode(value.length <= 2 * ENDS ? value : Buffer.concat([value.subarray(0, ENDS), value.subarray(-ENDS)]));
    return /"deleted"\s*:\s*true\s*[,}]/.test(text);
  }

  #objectOf(bytes: Uint8Array | null): Readonly<Record<string, unknown>> | undefined {
    if (bytes === null || bytes.length > OBJECT_BYTES_MAX) return undefined;
    try {
      const read: unknown = JSON.parse(this.#utf8.decode(bytes));
      return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Readonly<Record<string, unknown>>) : undefined;
    } catch {
      return undefined;
    }
  }
}

const ENDS = 256;
/** Keys and settings are short; what is longer is none. */
const OBJECT_BYTES_MAX = 65_536;

/** `:.name:subject` → `:.name:`; none for subjects of the usual context. */
function contextOf(subject: string): string {
  return /^:\.[^:]*:/.exec(subject)?.[0] ?? "";
}
