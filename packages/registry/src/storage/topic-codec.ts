import { isJsonObject } from "../json/json-value.ts";
import { parseJson } from "../json/parse-json.ts";
import type { RegistryRecord } from "../subjects/registry-record.ts";
import { keyOf, readKey, readUsualKey, type TopicKey, writeKey } from "./topic-key.ts";
import { readValue, writeValue } from "./topic-value.ts";

/** A record of the topic `_schemas`, as it is sent. */
export interface TopicRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

/**
 * An instance says that it writes the topic from here on. It stands in the value of the NOOP record, which registries of others write as well and whose value they leave alone.
 */
export interface Claim {
  /** Of this claim alone. */
  readonly id: string;
  /** Where its instance takes what others want to write. */
  readonly url: string;
  /** The topic that it is about: in a topic that was restored from a dump, claims mean instances of another. */
  readonly topicId: string;
}

/** What a record of the topic comes to. */
export type ReadRecord =
  | { readonly kind: "change"; readonly record: RegistryRecord }
  /** Who writes from here on; undefined for a registry of another kind, which does not say so. */
  | { readonly kind: "claim"; readonly claim: Claim | undefined }
  /** It changes nothing here: what registries of others keep. */
  | { readonly kind: "other" }
  /** It cannot be read, and is passed over. */
  | { readonly kind: "damaged"; readonly problem: string };

/** Different ways to write one key of which the topic may hold records; more than any history of registries has left. */
const MAX_FORMS_OF_KEY = 16;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads and writes the records of `_schemas` in the layout that all registries share.
 *
 * Compaction compares keys as bytes. A registry of another time may have written the same key with its properties in another order; its record would outlive ours, and a schema that was deleted for ever
 * would be there again once our deletion is compacted away. So other forms of keys are remembered, and whatever is written under a key takes them away.
 */
export class TopicCodec {
  readonly #otherForms = new Map<string, Set<string>>();

  read(key: Buffer | null, value: Buffer | null): ReadRecord {
    let parsed: TopicKey;
    try {
      if (key === null) return { kind: "damaged", problem: "it has no key" };
      const text = utf8.decode(key);
      const usual = readUsualKey(text);
      parsed = usual ?? readKey(text);
      if (usual === undefined && parsed.type !== "OTHER") this.#remember(writeKey(parsed), text, value === null);
      if (parsed.type === "NOOP") return { kind: "claim", claim: value === null ? undefined : readClaim(utf8.decode(value)) };
      const record = readValue(parsed, value === null ? null : utf8.decode(value));
      return record === undefined ? { kind: "other" } : { kind: "change", record };
    } catch (error) {
      return { kind: "damaged", problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The records that a change becomes, in their order. */
  write(record: RegistryRecord): readonly TopicRecord[] {
    const key = writeKey(keyOf(record));
    const value = writeValue(record);
    const others = [...(this.#otherForms.get(key) ?? [])].map((form) => ({ key: Buffer.from(form), value: null }));
    // Before ours: read again in this order, what the others take away is put there by ours.
    return [...others, { key: Buffer.from(key), value: value === null ? null : Buffer.from(value) }];
  }

  #remember(key: string, form: string, isGone: boolean): void {
    if (form === key) return;
    const forms = this.#otherForms.get(key) ?? new Set<string>();
    if (isGone) forms.delete(form);
    else if (forms.size < MAX_FORMS_OF_KEY) forms.add(form);
    if (forms.size === 0) this.#otherForms.delete(key);
    else this.#otherForms.set(key, forms);
  }
}

/** The record by which an instance claims the topic. */
export function claimRecord({ id, url, topicId }: Claim): TopicRecord {
  return { key: Buffer.from(writeKey({ type: "NOOP" })), value: Buffer.from(JSON.stringify({ claim: id, url, topicId })) };
}

/** Undefined for what is no claim. */
function readClaim(text: string): Claim | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const [id, url, topicId] = [value.get("claim"), value.get("url"), value.get("topicId")];
  if (typeof id !== "string" || typeof url !== "string" || typeof topicId !== "string") return undefined;
  return { id, url, topicId };
}
