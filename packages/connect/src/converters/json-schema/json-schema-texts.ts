import type { ReferencedSchema } from "@ottla/serdes";
import { DataError } from "../../data/data-error.ts";
import { readJson } from "../json/read-json.ts";

/** A JSON Schema and what its references mean. Numbers are texts in it, since defaults are exact. */
export class JsonSchemaTexts {
  readonly root: unknown;
  readonly #references: ReadonlyMap<string, unknown>;

  /** @throws ConnectError CONNECT_DATA */
  constructor(text: string, references: readonly ReferencedSchema[]) {
    this.root = readJson(text, "all");
    this.#references = new Map(references.map(({ name, schema }) => [name, readJson(schema, "all")]));
  }

  /** What a `$ref` in a document means, and the document that it is in. @throws ConnectError CONNECT_DATA */
  find(reference: string, from: unknown): { readonly base: unknown; readonly schema: unknown } {
    const hash = reference.indexOf("#");
    const [name, pointer] = hash < 0 ? [reference, ""] : [reference.slice(0, hash), reference.slice(hash + 1)];
    const base = name === "" ? from : this.#document(name);
    if (base === undefined) throw new DataError(`$ref "${reference}" means no schema that was registered as a reference`);
    if (pointer !== "" && !pointer.startsWith("/")) return { base, schema: anchored(base, pointer) ?? missing(reference) };
    let schema: unknown = base;
    for (const step of pointer.split("/").slice(1)) {
      const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
      schema =
        typeof schema === "object" && schema !== null && Object.hasOwn(schema, key)
          ? (schema as Record<string, unknown>)[key]
          : missing(reference);
    }
    return { base, schema };
  }

  /** A document by the name of its reference, or by what its own `$id` says. */
  #document(name: string): unknown {
    const named = this.#references.get(name);
    if (named !== undefined) return named;
    const all = [this.root, ...this.#references.values()];
    return all.find((document) => (document as { readonly $id?: unknown } | null)?.$id === name);
  }
}

function missing(reference: string): never {
  throw new DataError(`$ref "${reference}" means nothing in its schema`);
}

/** `#name` is what has that as `$anchor`, or as `$id` in older drafts. */
function anchored(base: unknown, anchor: string): unknown {
  const waiting: unknown[] = [base];
  for (let at = 0; at < waiting.length; at++) {
    const each = waiting[at];
    if (typeof each !== "object" || each === null) continue;
    const { $anchor, $id } = each as { readonly $anchor?: unknown; readonly $id?: unknown };
    if ($anchor === anchor || $id === `#${anchor}`) return each;
    waiting.push(...(Object.values(each) as unknown[]));
  }
  return undefined;
}
