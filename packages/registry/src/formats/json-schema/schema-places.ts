import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts";
import { RegistryError } from "../../registry-error.ts";
import type { JsonSchema } from "./json-schema.ts";
import { isMetaSchemaUri } from "./meta-schemas.ts";

type Build = (json: JsonObject | boolean, resource: string, pointer: string) => JsonSchema;
/** A schema with an address of its own: a text, or a part with `$id`. */
interface Resource {
  readonly json: JsonValue;
  readonly pointer: string;
  readonly build: Build;
}
interface Use {
  readonly schema: JsonSchema;
  readonly reference: string;
  readonly base: string;
  readonly pointer: string;
  readonly isDynamic: boolean;
}

// Relative addresses need something to be relative to; of a text without `$id` nobody sees it.
const BASE = "ottla-schema:///";

/** Where schemas are: by address, by anchor, and by the piece of JSON. */
export class SchemaPlaces {
  readonly #resources = new Map<string, Resource>();
  readonly #names = new Map<string, string>();
  readonly #anchors = new Map<string, JsonObject>();
  /** Of each dynamic anchor all that have it. */
  readonly #dynamic = new Map<string, JsonObject[]>();
  readonly #schemas = new Map<JsonValue, JsonSchema>();
  readonly uses: Use[] = [];

  /** Begins a text; gives its base address. */
  openDocument(name: string, json: JsonObject | boolean, build: Build): string {
    const base = absolute(name === "" ? "root" : name, BASE);
    this.#names.set(name, base);
    this.#resources.set(base, { json, pointer: "", build });
    return base;
  }

  /** Puts a schema in; gives the base address that counts inside of it. */
  add(schema: JsonSchema, json: JsonObject, around: string, pointer: string): string {
    this.#schemas.set(json, schema);
    const isOld = schema.draft === "draft-04";
    const [id, ref] = [json.get(isOld ? "id" : "$id"), json.get("$ref")];
    const isSiblingOfRef = ref !== undefined && (isOld || schema.draft === "draft-06" || schema.draft === "draft-07");
    let base = around;
    if (typeof id === "string" && !isSiblingOfRef) {
      if (id.startsWith("#")) this.#anchors.set(`${base} ${id.slice(1)}`, json);
      else {
        base = absolute(id.replace(/#.*$/s, ""), around);
        const build = this.#resources.get(around)?.build;
        if (build !== undefined) this.#resources.set(base, { json, pointer, build });
      }
    }
    for (const keyword of ["$anchor", "$dynamicAnchor"]) {
      const anchor = json.get(keyword);
      if (typeof anchor !== "string") continue;
      this.#anchors.set(`${base} ${anchor}`, json);
      if (keyword !== "$dynamicAnchor") continue;
      const others = this.#dynamic.get(anchor);
      if (others === undefined) this.#dynamic.set(anchor, [json]);
      else others.push(json);
    }
    for (const keyword of ["$ref", "$dynamicRef", "$recursiveRef"]) {
      const reference = json.get(keyword);
      if (typeof reference === "string") this.uses.push({ schema, reference, base, pointer, isDynamic: keyword !== "$ref" });
    }
    return base;
  }

  /** What a reference means, or nothing when it is not there. */
  find({ reference, base, isDynamic }: Use): JsonSchema | undefined {
    const [uri = "", ...rest] = reference.split("#");
    const fragment = decoded(rest.join("#"));
    const outermost = isDynamic ? this.#dynamic.get(fragment)?.at(-1) : undefined;
    if (outermost !== undefined) return this.#schemas.get(outermost);
    const resource = uri === "" ? base : this.#address(uri, base);
    const found = resource === undefined ? undefined : this.#resources.get(resource);
    if (found === undefined || resource === undefined) return undefined;
    if (fragment === "" || fragment.startsWith("/")) return this.#byPointer(found, resource, fragment);
    const anchored = this.#anchors.get(`${resource} ${fragment}`);
    return anchored === undefined ? undefined : this.#schemas.get(anchored);
  }

  /** References are known by what `$ref` says, word for word, and by the address that this makes. */
  #address(uri: string, base: string): string | undefined {
    const named = this.#names.get(uri);
    if (named !== undefined) return named;
    const address = absolute(uri, base);
    if (this.#resources.has(address)) return address;
    const beside = absolute(uri, BASE);
    return this.#resources.has(beside) ? beside : undefined;
  }

  #byPointer(resource: Resource, address: string, fragment: string): JsonSchema | undefined {
    let json: JsonValue | undefined = resource.json;
    for (const part of fragment === "" ? [] : fragment.slice(1).split("/")) {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      if (isJsonObject(json)) json = json.get(key);
      else json = Array.isArray(json) && /^\d+$/.test(key) ? (json[Number(key)] as JsonValue | undefined) : undefined;
    }
    if (typeof json !== "boolean" && !isJsonObject(json)) return undefined;
    // Also pieces that stand where no keyword of JSON Schema looks ("#/components/…").
    return this.#schemas.get(json) ?? resource.build(json, address, `${resource.pointer}${fragment}`);
  }
}

/** As many references as may stand directly behind each other. */
const MAX_CHAIN = 100;

/** @throws RegistryError `REGISTRY_UNKNOWN_REFERENCE`, `REGISTRY_INVALID_SCHEMA` for one that only leads to itself. */
export function resolveReferences(places: SchemaPlaces): void {
  // Looking a reference up may read pieces with further references, which are put at the end.
  for (const use of places.uses) {
    const found = places.find(use);
    if (found !== undefined) use.schema.refs.push(found);
    else if (!isMetaSchemaUri(use.reference)) {
      const message = `At ${use.schema.place === "" ? "/" : use.schema.place}: "${use.reference}" is not there. Nothing is fetched: define it in the schema, or register it and name it among the references.`;
      throw new RegistryError("REGISTRY_UNKNOWN_REFERENCE", message, { path: use.schema.place });
    }
  }
  for (const { schema } of places.uses) checkEnds(schema);
}

function checkEnds(start: JsonSchema): void {
  const seen = new Set<JsonSchema>();
  for (let at: JsonSchema | undefined = start; at !== undefined; at = at.refs[0]) {
    if (!seen.has(at) && seen.size < MAX_CHAIN) {
      seen.add(at);
      continue;
    }
    const problem = seen.has(at) ? "in a circle, to no schema" : `through more than ${MAX_CHAIN} others`;
    throw new RegistryError("REGISTRY_INVALID_SCHEMA", `This is no JSON Schema: at ${start.place}: the reference leads ${problem}.`, {
      path: start.place,
    });
  }
}

function absolute(uri: string, base: string): string {
  // What is no address is a name.
  return URL.parse(uri, base)?.href ?? uri;
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
