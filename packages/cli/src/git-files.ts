import { execFile } from "node:child_process";
import { OttlaError } from "@ottla/base";

const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
const FILE_BYTES_MAX = 1024 * 1024;

/** A file of a commit. */
export interface CommittedFile {
  /** From here, with slashes. */
  readonly path: string;
  readonly text: string;
}

/**
 * Files of a commit below this folder, those of at most a megabyte.
 * @param ref what git knows a commit by. Errors: `GIT_FAILED`.
 * @param remedy what to do when git fails, a sentence
 */
export async function filesAt(
  ref: string,
  isWanted: (path: string) => boolean,
  remedy: string,
  signal: AbortSignal,
): Promise<readonly CommittedFile[]> {
  // What looks like an option of git's is none of a commit's names.
  if (ref.startsWith("-")) throw new OttlaError("GIT_FAILED", `"${ref}" is no commit.`);
  const listed = (await git(["ls-tree", "-r", "-z", "-l", ref, "--", "."], remedy, signal)).toString("utf8");
  const entries = listed.split("\0").flatMap((line) => {
    const [, hash, size, path] = /^\d+ blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(line) ?? [];
    return hash !== undefined && path !== undefined && isWanted(path) && Number(size) <= FILE_BYTES_MAX ? [{ hash, path }] : [];
  });
  if (entries.length === 0) return [];
  const texts = readBatch(await git(["cat-file", "--batch"], remedy, signal, entries.map(({ hash }) => `${hash}\n`).join("")));
  return entries.flatMap(({ path }, i) => (texts[i] === undefined ? [] : [{ path, text: texts[i] }]));
}

/** `HASH blob SIZE\n`, the bytes, a line feed, again and again. */
function readBatch(bytes: Buffer): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at);
    const size = Number(bytes.toString("latin1", at, end).split(" ")[2]);
    texts.push(bytes.toString("utf8", end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return texts;
}

function git(words: readonly string[], remedy: string, signal: AbortSignal, input?: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile("git", words, { encoding: "buffer", maxBuffer: OUTPUT_BYTES_MAX, signal }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (signal.aborted) reject(error);
      else {
        const why =
          (error as NodeJS.ErrnoException).code === "ENOENT"
            ? "there is no git on the PATH"
            : (stderr.toString().trim().split("\n")[0] ?? error.message);
        reject(new OttlaError("GIT_FAILED", `git ${words[0]} failed: ${why}. ${remedy}`, { cause: error }));
      }
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
