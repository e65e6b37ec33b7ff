import { basename, dirname, resolve } from "node:path";
import { DiskError, type DiskErrorCode } from "../seams/disk.ts";

/** As on the common file systems. */
const FILE_NAME_MAX_BYTES = 255;

/** A directory of a tree held in memory, its files being of type `File`. */
export class Directory<File extends object> {
  readonly entries = new Map<string, File | Directory<File>>();
}

/** Told of every change of names in a directory, with what stood there before (undefined: nothing), so that it can be taken back. */
export type OnNameChange<File extends object> = (
  directory: Directory<File>,
  before: ReadonlyMap<string, File | Directory<File> | undefined>,
) => void;

/** Names and directories, without content: what the simulated disks share. Paths are resolved as the real disk does. */
export class DirectoryTree<File extends object> {
  readonly root = new Directory<File>();
  readonly #onChange: OnNameChange<File>;

  constructor(onChange: OnNameChange<File> = () => {}) {
    this.#onChange = onChange;
    this.makeDirectory(process.cwd());
  }

  find(path: string): File | Directory<File> | undefined {
    let at: File | Directory<File> | undefined = this.root;
    for (const name of partsOf(path)) {
      if (!(at instanceof Directory)) return undefined;
      at = at.entries.get(name);
    }
    return at;
  }

  file(path: string): File {
    const found = this.find(path);
    if (found === undefined) throw treeError("DISK_NOT_FOUND", "open", path, "there is nothing there (ENOENT)");
    if (found instanceof Directory) throw treeError("DISK_IO", "open", path, "it is a directory (EISDIR)");
    return found;
  }

  directory(path: string): Directory<File> {
    const found = this.find(path);
    if (!(found instanceof Directory)) throw treeError("DISK_NOT_FOUND", "use directory", path, "there is nothing there (ENOENT)");
    return found;
  }

  /** The file at `path`; made by `create` when the name is free. */
  fileOrNew(path: string, create: () => File): File {
    if (this.find(path) !== undefined) return this.file(path);
    const file = create();
    this.#change(this.directory(dirname(resolve(path))), [[basename(path), file]]);
    return file;
  }

  /** Makes the directory and those above it. */
  makeDirectory(path: string): void {
    let at = this.root;
    for (const name of partsOf(path)) {
      let next = at.entries.get(name);
      if (next === undefined) {
        next = new Directory<File>();
        this.#change(at, [[name, next]]);
      }
      if (!(next instanceof Directory)) throw treeError("DISK_EXISTS", "make directory", path, "a file has that name (EEXIST)");
      at = next;
    }
  }

  rename(from: string, to: string): void {
    const moved = this.find(from);
    if (moved === undefined) throw treeError("DISK_NOT_FOUND", "rename", from, "there is nothing there (ENOENT)");
    const replaced = this.find(to);
    if (replaced === moved) return;
    if (replaced instanceof Directory && replaced.entries.size > 0)
      throw treeError("DISK_EXISTS", "rename to", to, "that directory is not empty (ENOTEMPTY)");
    const source = this.directory(dirname(resolve(from)));
    const target = this.directory(dirname(resolve(to)));
    if (source === target) {
      this.#change(source, [
        [basename(from), undefined],
        [basename(to), moved],
      ]);
    } else {
      this.#change(target, [[basename(to), moved]]);
      this.#change(source, [[basename(from), undefined]]);
    }
  }

  /** Removes a file, or a directory with all in it, the innermost first. Returns the files removed. */
  remove(path: string): File[] {
    const found = this.find(path);
    if (found === undefined) return [];
    const removed = found instanceof Directory ? [...found.entries.keys()].flatMap((name) => this.remove(resolve(path, name))) : [found];
    this.#change(this.directory(dirname(resolve(path))), [[basename(path), undefined]]);
    return removed;
  }

  list(path: string): string[] {
    return [...this.directory(path).entries.keys()].sort();
  }

  #change(directory: Directory<File>, changes: readonly (readonly [string, File | Directory<File> | undefined])[]): void {
    const before = new Map(changes.map(([name]) => [name, directory.entries.get(name)]));
    for (const [name, entry] of changes) {
      if (entry === undefined) directory.entries.delete(name);
      else directory.entries.set(name, entry);
    }
    this.#onChange(directory, before);
  }
}

function partsOf(path: string): string[] {
  const parts = resolve(path)
    .split("/")
    .filter((part) => part !== "");
  if (parts.some((part) => Buffer.byteLength(part) > FILE_NAME_MAX_BYTES))
    throw treeError(
      "DISK_NAME_TOO_LONG",
      "use",
      path,
      "the name is longer than the file system allows; choose a shorter one (ENAMETOOLONG)",
    );
  return parts;
}

/** A {@link DiskError} as the real disk words it. */
export function treeError(code: DiskErrorCode, does: string, path: string, because: string): DiskError {
  return new DiskError(code, path, `Cannot ${does} ${path}: ${because}.`);
}
