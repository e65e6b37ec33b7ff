import { join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { readText } from "./read-text.ts";

/** What `.gitignore` files of a folder and of those above it leave out. */
export class GitIgnore {
  readonly #folder: string;
  readonly #rules: Ignore;
  readonly #above: GitIgnore | undefined;

  constructor(folder: string, text: string, above: GitIgnore | undefined) {
    this.#folder = folder;
    this.#rules = ignore({ allowRelativePaths: true }).add(text);
    this.#above = above;
  }

  /** Whether a path is left out. Of a file below a folder that is left out it is not asked. */
  leavesOut(path: string, isFolder: boolean): boolean {
    const name = relative(this.#folder, path).split(sep).join("/");
    const { ignored, unignored } = this.#rules.test(isFolder ? `${name}/` : name);
    return ignored || (!unignored && (this.#above?.leavesOut(path, isFolder) ?? false));
  }
}

/** The rules that hold in a folder: its own `.gitignore` before those above; one that cannot be read counts as none. */
export async function gitIgnoreIn(folder: string, hasFile: boolean, above: GitIgnore | undefined): Promise<GitIgnore | undefined> {
  if (!hasFile) return above;
  const read = await readText(join(folder, ".gitignore"));
  if ("failure" in read) return above;
  try {
    return new GitIgnore(folder, read.text, above);
  } catch {
    return above;
  }
}
