import { posix } from "node:path";
import { OttlaError } from "@ottla/base";
import type { ResolvedReference, SchemaReference } from "@ottla/registry";
import { type AvroNames, avroNamesIn } from "./avro-names.ts";
import type { LockedLinks } from "./locked-links.ts";
import type { SchemaFile } from "./schema-file.ts";

/** A file that another one uses, under the name by which it does. */
export interface FileReference {
  readonly name: string;
  readonly path: string;
}

/** Names of Avro by file, and the file that defines each. */
interface AvroIndex {
  readonly names: ReadonlyMap<string, AvroNames>;
  readonly definers: ReadonlyMap<string, readonly string[]>;
}

/** As many files as one stands on. */
const MAX_REFERENCED = 1_000;

/** Where files' names lead besides the files. */
interface LinkOptions {
  /** What the lock file says goes before what files are called. */
  readonly locked?: LockedLinks | undefined;
  /** Names that mean no file. */
  readonly leftOut?: ReadonlySet<string> | undefined;
}

/** Schemas in files that use each other: which ones each stands on, as a registry's references would say it. */
export class LinkedFiles {
  readonly #files: ReadonlyMap<string, SchemaFile>;
  readonly #locked: LockedLinks | undefined;
  readonly #leftOut: ReadonlySet<string>;
  readonly #references = new Map<string, readonly FileReference[]>();
  #avro: AvroIndex | undefined;
  #ids: ReadonlyMap<string, string> | undefined;

  constructor(files: readonly SchemaFile[], { locked, leftOut }: LinkOptions = {}) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#locked = locked;
    this.#leftOut = leftOut ?? new Set();
  }

  get(path: string): SchemaFile | undefined {
    return this.#files.get(path);
  }

  /** What a file uses of others directly. What nothing stands behind is left out: reading the schema tells it. */
  referencesOf(file: SchemaFile): readonly FileReference[] {
    const known = this.#references.get(file.path);
    if (known !== undefined) return known;
    const named =
      file.schemaType === "AVRO" ? this.#avroReferences(file) : file.schemaType === "PROTOBUF" ? this.#imports(file) : this.#refs(file);
    const used = new Set(this.#usedNames(file).flat());
    const locked = (this.#locked?.referencesOf(file.path) ?? []).flatMap(({ name, subject }): readonly FileReference[] => {
      const path = this.#locked?.fileOf(subject);
      return path !== undefined && path !== file.path && used.has(name) && this.#files.has(path) ? [{ name, path }] : [];
    });
    const isLocked = new Set(locked.map(({ name }) => name));
    const found = [...locked, ...named.filter(({ name }) => !isLocked.has(name))].filter(({ name }) => !this.#leftOut.has(name));
    this.#references.set(file.path, found);
    return found;
  }

  /** Whether another file defines what a reference means as well; then the first of both was taken. */
  otherDefiner({ name, path }: FileReference): string | undefined {
    if (this.#locked?.subjectOf(path) !== undefined) return undefined;
    const text = this.#files.get(path)?.text;
    return this.#avroIndex()
      .definers.get(name)
      ?.find((each) => each !== path && this.#files.get(each)?.text !== text);
  }

  /** What the lock file says of names that no file stands behind. */
  lockedReferencesOf(file: SchemaFile): readonly SchemaReference[] {
    const references = this.#locked?.referencesOf(file.path) ?? [];
    if (references.length === 0) return [];
    const linked = new Set(this.referencesOf(file).map(({ name }) => name));
    const used = new Set(this.#usedNames(file).flat());
    return references.filter(({ name }) => used.has(name) && !linked.has(name) && !this.#leftOut.has(name));
  }

  /** All that a file stands on, each after what it needs itself. Throws `SCHEMAS_GO_ROUND`, `LOCK_UNREADABLE`. */
  resolvedOf(file: SchemaFile): readonly ResolvedReference[] {
    const used = this.usedBy(file);
    const locked = [...used.map((each) => each.file), file].flatMap((each) => this.lockedReferencesOf(each));
    const fromLock = locked.length === 0 ? [] : (this.#locked?.resolved(locked) ?? []);
    return [...fromLock, ...used.map(({ name, file: { text } }) => ({ name, schema: text }))];
  }

  /** The files that a file stands on, each after what it needs itself. Throws `SCHEMAS_GO_ROUND`. */
  usedBy(file: SchemaFile): readonly { readonly name: string; readonly file: SchemaFile }[] {
    const used: { readonly name: string; readonly file: SchemaFile }[] = [];
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
      if (name !== undefined) used.push({ name, file: each });
    };
    visit(file, undefined);
    return used;
  }

  /** Names that a file uses: of Avro each as it may be meant. */
  #usedNames(file: SchemaFile): readonly (readonly string[])[] {
    if (file.schemaType === "AVRO") return this.#avroIndex().names.get(file.path)?.used ?? [];
    return usedNamesOf(file).map((name) => [name]);
  }

  #avroReferences(file: SchemaFile): readonly FileReference[] {
    const { names, definers } = this.#avroIndex();
    const found = new Map<string, FileReference>();
    for (const meant of names.get(file.path)?.used ?? []) {
      const name = meant.find((each) => definers.has(each));
      const path = name === undefined ? undefined : definers.get(name)?.[0];
      if (name !== undefined && path !== undefined && path !== file.path) found.set(path, { name, path });
    }
    return [...found.values()];
  }

  #avroIndex(): AvroIndex {
    if (this.#avro !== undefined) return this.#avro;
    const [names, definers] = [new Map<string, AvroNames>(), new Map<string, string[]>()];
    for (const { path, schemaType, text } of this.#files.values()) {
      if (schemaType !== "AVRO") continue;
      const found = avroNamesIn(text);
      names.set(path, found);
      for (const name of found.defined) definers.set(name, [...(definers.get(name) ?? []), path]);
    }
    this.#avro = { names, definers };
    return this.#avro;
  }

  #imports(file: SchemaFile): readonly FileReference[] {
    return importsIn(file.text).flatMap((name) => {
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
    for (const name of usedNamesOf(file)) {
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

/** Names by which a Protobuf or JSON Schema uses others, each once; addresses without what is behind `#`. */
export function usedNamesOf({ schemaType, text }: SchemaFile): readonly string[] {
  const written = schemaType === "PROTOBUF" ? importsIn(text) : refsIn(text).map((ref) => ref.replace(/#.*$/s, ""));
  return [...new Set(written)].filter((name) => name !== "");
}

function importsIn(text: string): readonly string[] {
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  return [...bare.matchAll(/(?:^|[;}\s])import\s+(?:public\s+|weak\s+)?["']([^"']+)["']\s*;/g)].map(([, name = ""]) => name);
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
