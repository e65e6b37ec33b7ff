import { posix } from "node:path";
import { OttlaError } from "@ottla/base";
import type { ResolvedReference } from "@ottla/registry";
import { type AvroNames, avroNamesIn } from "./avro-names.ts";
import type { SchemaFile } from "./schema-file.ts";

/** A file that another one uses, under the name by which it does. */
export interface FileReference {
  readonly name: string;
  readonly path: string;
}

/** Names of Avro by file, and the file that defines each. */
interface AvroIndex {
  readonly names: ReadonlyMap<string, AvroNames>;
  readonly definers: ReadonlyMap<string, string>;
}

/** As many files as one stands on. */
const MAX_REFERENCED = 1_000;

/** Schemas in files that use each other: which ones each stands on, as a registry's references would say it. */
export class LinkedFiles {
  readonly #files: ReadonlyMap<string, SchemaFile>;
  readonly #references = new Map<string, readonly FileReference[]>();
  #avro: AvroIndex | undefined;
  #ids: ReadonlyMap<string, string> | undefined;

  constructor(files: readonly SchemaFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  get(path: string): SchemaFile | undefined {
    return this.#files.get(path);
  }

  /** What a file uses of others directly. What nothing stands behind is left out: reading the schema tells it. */
  referencesOf(file: SchemaFile): readonly FileReference[] {
    const known = this.#references.get(file.path);
    if (known !== undefined) return known;
    const found =
      file.schemaType === "AVRO" ? this.#avroReferences(file) : file.schemaType === "PROTOBUF" ? this.#imports(file) : this.#refs(file);
    this.#references.set(file.path, found);
    return found;
  }

  /** All that a file stands on, each after what it needs itself. Throws `SCHEMAS_GO_ROUND`. */
  resolvedOf(file: SchemaFile): readonly ResolvedReference[] {
    const resolved: ResolvedReference[] = [];
    const state = new Map<string, "open" | "done">();
    const visit = (each: SchemaFile, name: string | undefined): void => {
      // A type of Avro is one wherever it is used; a path or an address is another name of the file.
      const key = each.schemaType === "AVRO" ? each.path : `${name} ${each.path}`;
      if (state.get(key) === "done") return;
      if (state.get(key) === "open" || (name !== undefined && each.path === file.path))
        throw new OttlaError(
          "SCHEMAS_GO_ROUND",
          `${each.path} uses itself through others; a registry takes schemas one after the other, so put what they share into one file.`,
        );
      if (state.size > MAX_REFERENCED)
        throw new OttlaError("SCHEMA_TOO_LARGE", `${file.path} stands on more than ${MAX_REFERENCED} files.`);
      state.set(key, "open");
      for (const { name: inner, path } of this.referencesOf(each)) visit(this.#files.get(path) as SchemaFile, inner);
      state.set(key, "done");
      if (name !== undefined) resolved.push({ name, schema: each.text });
    };
    visit(file, undefined);
    return resolved;
  }

  #avroReferences(file: SchemaFile): readonly FileReference[] {
    this.#avro ??= this.#readAvroNames();
    const { names, definers } = this.#avro;
    const found = new Map<string, FileReference>();
    for (const meant of names.get(file.path)?.used ?? []) {
      const name = meant.find((each) => definers.has(each));
      const path = name === undefined ? undefined : definers.get(name);
      if (name !== undefined && path !== undefined && path !== file.path) found.set(path, { name, path });
    }
    return [...found.values()];
  }

  #readAvroNames(): AvroIndex {
    const [names, definers] = [new Map<string, AvroNames>(), new Map<string, string>()];
    for (const { path, schemaType, text } of this.#files.values()) {
      if (schemaType !== "AVRO") continue;
      const found = avroNamesIn(text);
      names.set(path, found);
      for (const name of found.defined) if (!definers.has(name)) definers.set(name, path);
    }
    return { names, definers };
  }

  #imports(file: SchemaFile): readonly FileReference[] {
    const text = file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
    return [...text.matchAll(/(?:^|[;}\s])import\s+(?:public\s+|weak\s+)?["']([^"']+)["']\s*;/g)].flatMap(([, name = ""]) => {
      const path = this.#importedFrom(file.path, name);
      return path === undefined ? [] : [{ name, path }];
    });
  }

  /** The file at an import's path below a folder in common, the nearest first. */
  #importedFrom(from: string, name: string): string | undefined {
    for (let folder = posix.dirname(from); ; folder = posix.dirname(folder)) {
      const path = posix.normalize(posix.join(folder, name));
      if (this.#files.has(path)) return path;
      if (folder === posix.dirname(folder)) break;
    }
    return [...this.#files.keys()].find((path) => path.endsWith(`/${name}`));
  }

  #refs(file: SchemaFile): readonly FileReference[] {
    const found = new Map<string, FileReference>();
    for (const written of refsIn(file.text)) {
      const name = written.replace(/#.*$/s, "");
      if (name === "" || found.has(name)) continue;
      const path = posix.normalize(posix.join(posix.dirname(file.path), name));
      const target = this.#files.has(path) ? path : this.#byId(name, file);
      if (target !== undefined && target !== file.path) found.set(name, { name, path: target });
    }
    return [...found.values()];
  }

  #readIds(): ReadonlyMap<string, string> {
    const ids = new Map<string, string>();
    for (const { path, schemaType, text } of this.#files.values()) {
      const id = schemaType === "JSON" ? idIn(text) : undefined;
      if (id !== undefined) ids.set(id, path);
    }
    return ids;
  }

  #byId(name: string, file: SchemaFile): string | undefined {
    this.#ids ??= this.#readIds();
    return this.#ids.get(name) ?? this.#ids.get(URL.parse(name, idIn(file.text) ?? undefined)?.href ?? "");
  }
}

/** Every `$ref` of a text, wherever it stands. */
function refsIn(text: string): readonly string[] {
  const refs: string[] = [];
  const open: unknown[] = [parsed(text)];
  for (const value of open) {
    if (typeof value !== "object" || value === null) continue;
    for (const [key, each] of Object.entries(value)) {
      if (key === "$ref" && typeof each === "string") refs.push(each);
      else open.push(each);
    }
  }
  return refs;
}

function idIn(text: string): string | undefined {
  const root = parsed(text);
  const id = typeof root === "object" && root !== null ? ((root as { $id?: unknown }).$id ?? (root as { id?: unknown }).id) : undefined;
  return typeof id === "string" && id !== "" ? id.replace(/#$/, "") : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
