import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { type BuildOptions, type BuildResult, build, type Metafile, type OutputFile, type Plugin } from "esbuild";

type Output = Metafile["outputs"][string];

/** What esbuild made, by the whole paths of its files. */
interface Bundled {
  readonly outputs: ReadonlyMap<string, Output>;
  readonly contents: ReadonlyMap<string, OutputFile>;
  readonly joinedOf: ReadonlyMap<string, JoinedFile>;
  /** Where all chunks are. */
  readonly folder: string;
}

/** Chunks that the same starts load, in one file. */
interface JoinedFile {
  readonly chunks: readonly string[];
  readonly name: string;
  /** With the hash of its text; empty until it is made. */
  path: string;
}

const OPTIONS = {
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
  target: "node24",
  sourcemap: "external",
  legalComments: "none",
  minifyWhitespace: true,
  treeShaking: false,
  logLevel: "error",
} as const satisfies BuildOptions;

/**
 * Joins the chunks of a bundle that are always loaded together. esbuild makes one for each set of lazily loaded modules that share it, hundreds of them; to find, read and link
 * the seventy of a start took as long as running them. Chunks that the same ones of `starts` load become one file, and who imports one of them imports that file. A lazily
 * loaded module stays a file of its own, so that it runs when it is asked for and not before; the others may be loaded sooner than without this, and do nothing but declare.
 *
 * @param starts lazily loaded sources, each list of them loaded together by one kind of start
 * @returns all files to be written
 */
export async function joinChunks(
  files: readonly OutputFile[],
  { metafile, root, starts }: { readonly metafile: Metafile; readonly root: string; readonly starts: readonly (readonly string[])[] },
): Promise<readonly OutputFile[]> {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [join(root, path), withWholePaths(output, root)]));
  const groups = groupsOf(outputs, starts);
  const [first] = groups;
  if (first === undefined) return files;
  const bundled: Bundled = {
    outputs,
    contents: new Map(files.map((file) => [file.path, file])),
    joinedOf: new Map(groups.flatMap((joined) => joined.chunks.map((chunk) => [chunk, joined]))),
    folder: dirname(first.chunks[0] as string),
  };
  const written: OutputFile[] = [];
  // What a group imports of another is made before it: whoever loads the one loads the other.
  for (const joined of groups) written.push(...(await joinGroup(joined, bundled)));
  const importers = importersOf(bundled);
  for (const folder of new Set(importers.map(dirname)))
    written.push(
      ...(await relinked(
        importers.filter((path) => dirname(path) === folder),
        folder,
        bundled,
      )),
    );
  const replaced = new Set([...importers, ...bundled.joinedOf.keys()]);
  return [...files.filter(({ path }) => !replaced.has(path.replace(/\.map$/, ""))), ...written];
}

function withWholePaths(output: Output, root: string): Output {
  return {
    ...output,
    imports: output.imports.map((imported) => (imported.external ? imported : { ...imported, path: join(root, imported.path) })),
  };
}

/** The chunks of each set of starts that load them; those of more starts first. */
function groupsOf(outputs: ReadonlyMap<string, Output>, starts: readonly (readonly string[])[]): JoinedFile[] {
  const byEntry = new Map(
    [...outputs].flatMap(([path, { entryPoint }]) => (entryPoint === undefined ? [] : [[entryPoint, path] as const])),
  );
  const loadedBy = new Map<string, number[]>();
  starts.forEach((sources, start) => {
    const roots = sources.map((source) => {
      const path = byEntry.get(source);
      if (path === undefined) throw new Error(`${source} is no lazily loaded module of the bundle, so nothing can start with it.`);
      return path;
    });
    for (const path of loadedWith(outputs, roots)) loadedBy.set(path, [...(loadedBy.get(path) ?? []), start]);
  });
  const chunks = [...loadedBy].filter(([path]) => outputs.get(path)?.entryPoint === undefined);
  return [...Map.groupBy(chunks, ([, set]) => set.join("."))]
    .filter(([, together]) => together.length > 1)
    .sort(([one], [other]) => other.split(".").length - one.split(".").length || (one < other ? -1 : 1))
    .map(([set, together]) => ({ name: `start-${set}`, chunks: together.map(([path]) => path), path: "" }));
}

function loadedWith(outputs: ReadonlyMap<string, Output>, roots: readonly string[]): Set<string> {
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const imported of outputs.get(path)?.imports ?? [])
      if (imported.kind === "import-statement" && !imported.external) load(imported.path);
  };
  for (const root of roots) load(root);
  return loaded;
}

/** The files outside of all groups that import from one. */
function importersOf({ outputs, joinedOf }: Bundled): string[] {
  return [...outputs]
    .filter(([path, { imports }]) => !joinedOf.has(path) && imports.some(({ path: imported }) => joinedOf.has(imported)))
    .map(([path]) => path);
}

async function joinGroup(joined: JoinedFile, bundled: Bundled): Promise<readonly OutputFile[]> {
  const { folder, outputs } = bundled;
  const lines = joined.chunks.map((chunk) => {
    const names = (outputs.get(chunk) as Output).exports.map((name) => `${name} as ${aliasOf(chunk, name, joined)}`);
    return names.length === 0 ? `import "./${basename(chunk)}";` : `export { ${names.join(", ")} } from "./${basename(chunk)}";`;
  });
  const result = await build({
    ...OPTIONS,
    stdin: { contents: lines.join("\n"), resolveDir: folder, sourcefile: joined.name },
    outfile: join(folder, `${joined.name}.js`),
    plugins: [modules(bundled, folder, (chunk) => bundled.joinedOf.get(chunk) === joined)],
  });
  const [text = ""] = textsOf(result, ".js");
  joined.path = join(folder, `${joined.name}-${hashOf(text)}.js`);
  return withMap(joined.path, text, textsOf(result, ".map")[0] ?? "");
}

/** Files of one folder, importing what they did from where it is now. */
async function relinked(paths: readonly string[], folder: string, bundled: Bundled): Promise<readonly OutputFile[]> {
  const entries = new Set(paths);
  const result = await build({
    ...OPTIONS,
    entryPoints: [...paths],
    outdir: folder,
    entryNames: "[name]",
    plugins: [modules(bundled, folder, (path) => entries.has(path))],
  });
  return paths.flatMap((path) => {
    const [text = ""] = textsOf(result, basename(path));
    return withMap(path, text, textsOf(result, `${basename(path)}.map`)[0] ?? "");
  });
}

/** The files of the bundle as modules. What `isInside` is taken in; of a joined chunk the names are, by which its file has what it exported. */
function modules({ outputs, contents, joinedOf, folder: chunks }: Bundled, folder: string, isInside: (path: string) => boolean): Plugin {
  return {
    name: "files of a bundle",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) => {
        const target = path.startsWith(".") ? join(folder, path) : path;
        if (kind === "entry-point") return { path: target, namespace: "bundle" };
        // A file imports no other entry, and what is loaded lazily keeps its name.
        const isTaken = kind === "import-statement" && outputs.has(target) && joinedOf.has(target);
        return isTaken ? { path: target, namespace: "bundle" } : { path, external: true };
      });
      onLoad({ filter: /.*/, namespace: "bundle" }, ({ path }) => {
        if (isInside(path)) return { contents: withOwnMap(path, contents), loader: "js", resolveDir: folder };
        const joined = joinedOf.get(path) as JoinedFile;
        const from = `./${folder === chunks ? "" : `${basename(chunks)}/`}${basename(joined.path)}`;
        const names = (outputs.get(path) as Output).exports.map((name) => `${aliasOf(path, name, joined)} as ${name}`);
        return {
          contents: names.length === 0 ? `import "${from}";` : `export { ${names.join(", ")} } from "${from}";`,
          loader: "js",
          resolveDir: folder,
        };
      });
    },
  };
}

/** With its map inside, from which esbuild makes that of the file it comes to. */
function withOwnMap(path: string, contents: ReadonlyMap<string, OutputFile>): string {
  const plain = (contents.get(path)?.text ?? "").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
  const map = contents.get(`${path}.map`)?.text;
  return map === undefined ? plain : `${plain}//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}\n`;
}

function aliasOf(chunk: string, name: string, { chunks }: JoinedFile): string {
  return `c${chunks.indexOf(chunk)}_${name}`;
}

function textsOf({ outputFiles = [] }: BuildResult, ending: string): readonly string[] {
  return outputFiles.filter(({ path }) => path.endsWith(ending)).map(({ text }) => text);
}

function withMap(path: string, text: string, map: string): readonly OutputFile[] {
  return [textFile(path, `${text}//# sourceMappingURL=${basename(path)}.map\n`), textFile(`${path}.map`, map)];
}

function textFile(path: string, text: string): OutputFile {
  return { path, text, contents: Buffer.from(text), hash: hashOf(text) };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
}
