import type { Imported } from "../code/source-code.ts";
import type { Language } from "../syntax/language.ts";

/** How files of a language end, the likelier first. */
const ENDINGS: Readonly<Record<Language, readonly string[]>> = {
  typescript: [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", "/index.ts", "/index.js", "/index.tsx", "/index.mjs"],
  java: [".java", ".kt"],
  kotlin: [".kt", ".java"],
  python: [".py", "/__init__.py"],
  go: [".go"],
};
/** A package of so many files is looked at no further. */
const FOLDER_FILES_MAX = 60;

/** Finds the files of a run that imports mean. */
export class ModuleFinder {
  readonly #paths: ReadonlySet<string>;
  readonly #byName = new Map<string, string[]>();
  readonly #byFolder = new Map<string, string[]>();
  /** Folders of packages of the same repository, by name. */
  readonly #packages = new Map<string, string>();

  constructor(paths: Iterable<string>) {
    this.#paths = new Set(paths);
    for (const path of this.#paths) {
      append(this.#byName, nameOf(path), path);
      append(this.#byFolder, folderOf(path), path);
    }
  }

  /** Makes the package of a folder known, by the text of its `package.json`. What is no JSON, or has no name, is none. */
  addPackage(folder: string, manifest: string): void {
    try {
      const { name } = JSON.parse(manifest) as { readonly name?: unknown };
      if (typeof name === "string" && name !== "") this.#packages.set(name, folder);
    } catch {
      // Somebody is in the middle of writing it.
    }
  }

  /** The last parts of the names of packages in these folders, as imports end in them. */
  packageStems(folders: ReadonlySet<string>): ReadonlySet<string> {
    return new Set([...this.#packages].flatMap(([name, folder]) => (folders.has(folder) ? [name.slice(name.lastIndexOf("/") + 1)] : [])));
  }

  /** The files that an import of this file means; none for what the run does not hold. */
  find(from: string, language: Language, { module, name }: Imported): readonly string[] {
    switch (language) {
      case "typescript":
        return this.#typescript(from, module);
      case "python":
        return this.#python(from, module, name);
      case "go":
        return this.#go(module);
      case "java":
      case "kotlin":
        return this.#java(module, name);
    }
  }

  /** Files beside it, in the same language. */
  neighbours(path: string): readonly string[] {
    const ending = path.slice(path.lastIndexOf("."));
    const all = (this.#byFolder.get(folderOf(path)) ?? []).filter((each) => each !== path && each.endsWith(ending));
    return all.length > FOLDER_FILES_MAX ? [] : all;
  }

  #typescript(from: string, module: string): readonly string[] {
    if (module.startsWith(".")) return this.#first(joined(folderOf(from), module), ENDINGS.typescript);
    const inPackage = this.#ofPackage(module);
    if (inPackage.length > 0) return inPackage;
    const alias = /^(?:@|~|src|#)\/(.+)$/.exec(module)?.[1];
    if (alias === undefined) return [];
    // Aliases begin at a folder above: the nearest that has such a file, or has it in src.
    for (let folder = folderOf(from); ; folder = folderOf(folder)) {
      for (const base of [joined(folder, `src/${alias}`), joined(folder, alias)]) {
        const found = this.#first(base, ENDINGS.typescript);
        if (found.length > 0) return found;
      }
      if (folder === "") return [];
    }
  }

  /** `@shop/kafka` and `@shop/kafka/config` of a workspace: what is built from `src` is found there. */
  #ofPackage(module: string): readonly string[] {
    const [, name = "", rest] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.+))?$/.exec(module) ?? [];
    const folder = this.#packages.get(name);
    if (folder === undefined) return [];
    for (const base of [
      joined(folder, `src/${rest ?? "index"}`),
      joined(folder, rest ?? "index"),
      joined(folder, `lib/${rest ?? "index"}`),
    ]) {
      const found = this.#first(base, ENDINGS.typescript);
      if (found.length > 0) return found;
    }
    return [];
  }

  #first(base: string, endings: readonly string[]): readonly string[] {
    if (this.#paths.has(base)) return [base];
    const bare = base.replace(/\.[cm]?jsx?$/, "");
    for (const stem of bare === base ? [base] : [bare, base])
      for (const ending of endings) if (this.#paths.has(stem + ending)) return [stem + ending];
    return [];
  }

  #python(from: string, module: string, name: string): readonly string[] {
    const dots = /^\.*/.exec(module)![0].length;
    const parts = module
      .slice(dots)
      .split(".")
      .filter((part) => part !== "");
    const within = (folder: string): readonly string[] => {
      const base = joined(folder, parts.join("/"));
      // `from app import settings` means a file, where there is one, and else a name.
      const asFile = name === "*" ? [] : this.#first(joined(base, name), ENDINGS.python);
      return asFile.length > 0 ? asFile : parts.length === 0 ? [] : this.#first(base, ENDINGS.python);
    };
    if (dots > 0) {
      let folder = folderOf(from);
      for (let i = 1; i < dots; i++) folder = folderOf(folder);
      return within(folder);
    }
    for (let folder = folderOf(from); ; folder = folderOf(folder)) {
      const found = within(folder);
      if (found.length > 0 || folder === "") return found;
    }
  }

  #java(module: string, name: string): readonly string[] {
    if (name === "*") return [];
    // `a.b.Topics`, and `a.b.Topics.ORDERS` of a static import.
    for (const full of [`${module}.${name}`, module]) {
      const last = full.slice(full.lastIndexOf(".") + 1);
      const suffix = `/${full.replaceAll(".", "/")}`;
      for (const ending of ENDINGS.java) {
        const found = (this.#byName.get(last + ending) ?? []).filter((path) => `/${path}`.endsWith(suffix + ending));
        if (found.length > 0) return found.slice(0, 1);
      }
    }
    return [];
  }

  #go(module: string): readonly string[] {
    const parts = module.split("/");
    if (!parts[0]!.includes(".") && parts.length < 2) return [];
    const tail = parts.slice(-2).join("/");
    for (const suffix of [`/${tail}`, `/${parts.at(-1)!}`]) {
      const folders = [...this.#byFolder.keys()].filter((folder) => `/${folder}`.endsWith(suffix));
      const files = folders.length === 1 ? this.#byFolder.get(folders[0]!)!.filter((path) => path.endsWith(".go")) : [];
      if (files.length > 0 && files.length <= FOLDER_FILES_MAX) return files;
    }
    return [];
  }
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A path below a folder, without `.` and `..`. */
function joined(folder: string, path: string): string {
  const parts: string[] = folder === "" ? [] : folder.split("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return `${folder.startsWith("/") && parts[0] !== "" ? "/" : ""}${parts.join("/")}`;
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
