import { Constants } from "../code/constants.ts";
import { link } from "../code/source-code.ts";
import { buildProgram } from "../model/build-program.ts";
import { libraries } from "../model/libraries.ts";
import { lowerSource, type ReadProgram, readSource } from "../read-source.ts";
import { languageOf } from "../syntax/language.ts";
import { isTestPath } from "./facts.ts";
import { linkNames, type Module } from "./link-names.ts";
import { folderOf, ModuleFinder } from "./module-finder.ts";
import { seesNeighbours, type SourceNote } from "./source-note.ts";
import { ALONE, type Fact, type GivenHandler, type Surroundings } from "./surroundings.ts";

/** The files of a run, as far as sources ask for them. */
export interface RunFiles {
  /** Every source, those too that do not speak of Kafka, and for each what its imports may name files by. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** A file's text; undefined when it cannot be read. */
  readonly textOf: (path: string) => Promise<string | undefined>;
  /** The names of what stands in a folder, as a project's `pom.xml`; none when it cannot be read. */
  readonly namesIn: (folder: string) => Promise<readonly string[]>;
}

/** What makes a folder a project. */
const MANIFESTS: ReadonlySet<string> = new Set([
  "package.json",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "go.mod",
  "pyproject.toml",
  "setup.py",
]);
const PACKAGE = "package.json";
/** How far facts go from file to file. */
const STEPS = 2;
/** Files that are kept parsed for those that take from them. */
const MODULES_MAX = 200;

/** A file that was looked at again, among the others of its project. */
export interface ReadAgain {
  readonly path: string;
  readonly read: ReadProgram;
}

/** Reads again, one after another, the sources whose judgement may hang on others of their project. */
export async function* readTogether(notes: readonly SourceNote[], files: RunFiles): AsyncGenerator<ReadAgain> {
  if (notes.length === 0) return;
  const project = new SourceProject(notes, files);
  await project.link();
  const waiting = [...project.linked()];
  const again = new Set<string>();
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const text = await files.textOf(path);
    if (text === undefined) continue;
    const read = await readSource(path, text, await project.surroundings(path));
    yield { path, read };
    // That a function handles records may be seen only now that its user's clients are known.
    for (const handler of read.note ? project.takeHandlers(read.note) : [])
      if (!waiting.includes(handler) && !again.has(handler)) {
        again.add(handler);
        waiting.push(handler);
      }
  }
}

class SourceProject {
  readonly #files: RunFiles;
  readonly #finder: ModuleFinder;
  readonly #notes: Map<string, SourceNote>;
  readonly #roots = new Map<string, string>();
  /** What each file takes from, and what takes from it. */
  readonly #uses = new Map<string, Set<string>>();
  readonly #users = new Map<string, Set<string>>();
  readonly #handlers = new Map<string, GivenHandler[]>();
  readonly #modules = new Map<string, Promise<Module | undefined>>();

  constructor(notes: readonly SourceNote[], files: RunFiles) {
    this.#files = files;
    this.#finder = new ModuleFinder(files.sources.keys());
    this.#notes = new Map(notes.map((note) => [note.path, note]));
  }

  /** Finds which files take from which; those that take from a program without a word of Kafka are read for it. */
  async link(): Promise<void> {
    for (const path of this.#files.sources.keys()) this.#roots.set(path, await this.#rootOf(folderOf(path)));
    for (const root of new Set(this.#roots.values())) {
      if (!(await this.#files.namesIn(root)).includes(PACKAGE)) continue;
      const manifest = await this.#files.textOf(root === "" ? PACKAGE : `${root}/${PACKAGE}`);
      if (manifest !== undefined) this.#finder.addPackage(root, manifest);
    }
    for (const note of [...this.#notes.values()]) {
      this.#linkNote(note);
      this.takeHandlers(note);
    }
    const programs = [...this.#notes.values()].filter(({ isProgram }) => isProgram);
    // A helper that a program gives its client to need not speak of Kafka.
    for (const used of new Set(programs.flatMap(({ path }) => this.#usesOf(path)))) if (!this.#notes.has(used)) await this.#takeNote(used);
    const stems = new Map<string, Set<string>>();
    for (const { path } of programs) {
      const root = this.#roots.get(path)!;
      stems.set(root, (stems.get(root) ?? new Set()).add(stemOf(path)));
    }
    const shared = this.#finder.packageStems(new Set(stems.keys()));
    const folders = new Set(programs.map(({ path }) => folderOf(path)));
    for (const [path, imported] of this.#files.sources) {
      const near = this.#notes.has(path) ? undefined : stems.get(this.#roots.get(path)!);
      const isNear =
        near && (imported.some((stem) => near.has(stem)) || (seesNeighbours(languageOf(path)!.language) && folders.has(folderOf(path))));
      const mayUse = isNear || (!this.#notes.has(path) && shared.size > 0 && imported.some((stem) => shared.has(stem)));
      if (mayUse) await this.#takeNote(path);
    }
  }

  /** The files to read again, in the order given. */
  linked(): readonly string[] {
    const hasTest = new Set(this.#withFact("topologyTest"));
    const found = [...this.#notes.values()]
      .filter(
        ({ path, isProgram, facts }) =>
          this.#handlers.has(path) ||
          this.#usesOf(path).some((used) => isProgram || this.#notes.get(used)?.isProgram) ||
          (isProgram && this.#users.has(path)) ||
          (facts.has("topology") && !hasTest.has(this.#roots.get(path)!)),
      )
      .map(({ path }) => path);
    return [...new Set([...found, ...this.#handlers.keys()])];
  }

  /** Takes down which functions of other files a file hands to a consumer; gives the files for which that is new. */
  takeHandlers({ path, language, imports, handed }: SourceNote): readonly string[] {
    return handed.flatMap(({ as, library: id, form }) => {
      const imported = imports.find((each) => each.as === as);
      const library = libraries.find((each) => each.id === id);
      if (!imported || !library) return [];
      return this.#finder.find(path, language, imported).filter((used) => {
        const known = this.#handlers.get(used) ?? [];
        if (known.some(({ name }) => name === imported.name)) return false;
        this.#handlers.set(used, [...known, { name: imported.name, library, form }]);
        return true;
      });
    });
  }

  async surroundings(path: string): Promise<Surroundings> {
    const note = this.#notes.get(path);
    const handlers = this.#handlers.get(path) ?? [];
    const given = handlers.map(({ library }) => library);
    if (!note) return { ...ALONE, handlers, libraries: given };
    const links = await Promise.all(
      note.imports.map(async ({ module, name, as, line }) => ({
        as,
        name,
        modules: await this.#modulesOf(this.#finder.find(path, note.language, { module, name, as, line })),
      })),
    );
    const own = links.filter(({ modules }) => modules.length > 0);
    const neighbours = seesNeighbours(note.language) ? await this.#modulesOf(this.#neighboursOf(note)) : [];
    const around = this.#around(path);
    const root = this.#roots.get(path)!;
    const used = [...own.flatMap(({ modules }) => modules), ...neighbours];
    return {
      hasUsers: this.#users.has(path),
      has: (fact) => around.some((each) => this.#notes.get(each)?.facts.has(fact)),
      projectHas: (fact) => (fact === "tests" ? this.#hasTests(root) : this.#withFact(fact).includes(root)),
      names: used.length > 0 ? linkNames(own, neighbours) : undefined,
      isOwn: (name) => own.some(({ as }) => as === name) || neighbours.some(({ constants }) => constants.functions(name).length > 0),
      handlers,
      libraries: [...new Set([...used.flatMap(({ program }) => program?.libraries ?? []), ...given])],
    };
  }

  /** Tests need not speak of Kafka. */
  #hasTests(root: string): boolean {
    return [...this.#files.sources.keys()].some((path) => this.#roots.get(path) === root && isTestPath(path));
  }

  async #takeNote(path: string): Promise<void> {
    const text = await this.#files.textOf(path);
    const { note } = text === undefined ? {} : await readSource(path, text);
    if (!note) return;
    this.#notes.set(path, note);
    this.#linkNote(note);
  }

  #withFact(fact: Fact): readonly string[] {
    return [...this.#notes.values()].flatMap(({ path, facts }) => (facts.has(fact) ? [this.#roots.get(path)!] : []));
  }

  #linkNote(note: SourceNote): void {
    const { path, language } = note;
    const connect = (used: string): void => {
      if (used === path) return;
      this.#uses.set(path, (this.#uses.get(path) ?? new Set()).add(used));
      this.#users.set(used, (this.#users.get(used) ?? new Set()).add(path));
    };
    for (const imported of note.imports) {
      const found = this.#finder.find(path, language, imported);
      for (const used of found) connect(used);
    }
    for (const used of this.#neighboursOf(note)) connect(used);
  }

  /** Java's and Kotlin's neighbours are used by the name of their class; Go's package is one. */
  #neighboursOf({ path, language, names }: SourceNote): readonly string[] {
    if (!seesNeighbours(language)) return [];
    const all = this.#finder.neighbours(path);
    return language === "go" ? all : all.filter((each) => names.has(stemOf(each)));
  }

  #usesOf(path: string): readonly string[] {
    return [...(this.#uses.get(path) ?? [])];
  }

  /** Files that are linked with it, either way, some steps far. */
  #around(path: string): readonly string[] {
    const seen = new Set([path]);
    let edge = [path];
    for (let step = 0; step < STEPS; step++) {
      edge = edge.flatMap((each) => [...this.#usesOf(each), ...(this.#users.get(each) ?? [])]).filter((each) => !seen.has(each));
      for (const each of edge) seen.add(each);
    }
    seen.delete(path);
    return [...seen];
  }

  async #modulesOf(paths: readonly string[]): Promise<readonly Module[]> {
    const modules = await Promise.all(paths.map((path) => this.#module(path)));
    return modules.filter((module) => module !== undefined);
  }

  #module(path: string): Promise<Module | undefined> {
    let module = this.#modules.get(path);
    if (!module) {
      module = this.#readModule(path);
      const oldest = this.#modules.size >= MODULES_MAX ? this.#modules.keys().next().value : undefined;
      if (oldest !== undefined) this.#modules.delete(oldest);
      this.#modules.set(path, module);
    }
    return module;
  }

  async #readModule(path: string): Promise<Module | undefined> {
    const text = languageOf(path) && (await this.#files.textOf(path));
    if (text === undefined) return undefined;
    const lowered = await lowerSource(path, text);
    if (typeof lowered === "string") return undefined;
    const { code } = lowered;
    link(code.root);
    const constants = new Constants(code);
    return { path, code, constants, program: buildProgram(code, text, constants) };
  }

  async #rootOf(folder: string): Promise<string> {
    const known = this.#roots.get(`${folder}/`);
    if (known !== undefined) return known;
    const isRoot = (await this.#files.namesIn(folder)).some((name) => MANIFESTS.has(name));
    const above = folderOf(folder);
    const root = isRoot ? folder : folder === "" || folder === above ? "" : await this.#rootOf(above);
    this.#roots.set(`${folder}/`, root);
    return root;
  }
}

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
  return name === "index" || name === "__init__" ? folderOf(path).slice(folderOf(path).lastIndexOf("/") + 1) : name;
}
