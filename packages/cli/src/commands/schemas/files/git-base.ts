import { execFile } from "node:child_process";
import { OttlaError } from "@ottla/base";
import { typeOfPath } from "../schema-text.ts";
import { isSchemaText, type SchemaFile } from "./schema-file.ts";

const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
const FILE_BYTES_MAX = 1024 * 1024;

/**
 * The schemas of a commit, under their paths from here.
 * @param ref what git knows a commit by. Errors: `GIT_FAILED`.
 */
export async function schemasAt(ref: string, signal: AbortSignal): Promise<readonly SchemaFile[]> {
  // What looks like an option of git's is none of a commit's names.
  if (ref.startsWith("-")) throw new OttlaError("GIT_FAILED", `"${ref}" is no commit.`);
  const listed = (await git(["ls-tree", "-r", "-z", "-l", ref, "--", "."], signal)).toString("utf8");
  const entries = listed.split("\0").flatMap((line) => {
    const [, hash, size, path] = /^\d+ blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(line) ?? [];
    return hash !== undefined && path !== undefined && typeOfPath(path) !== undefined && Number(size) <= FILE_BYTES_MAX
      ? [{ hash, path }]
      : [];
  });
  if (entries.length === 0) return [];
  const texts = readBatch(await git(["cat-file", "--batch"], signal, entries.map(({ hash }) => `${hash}\n`).join("")));
  return entries.flatMap(({ path }, i): readonly SchemaFile[] => {
    const schemaType = typeOfPath(path);
    const text = texts[i];
    return schemaType !== undefined && text !== undefined && isSchemaText(path, text) ? [{ path, schemaType, text }] : [];
  });
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

function git(words: readonly string[], signal: AbortSignal, input?: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile("git", words, { encoding: "buffer", maxBuffer: OUTPUT_BYTES_MAX, signal }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (signal.aborted) reject(error);
      else {
        const why =
          (error as NodeJS.ErrnoException).code === "ENOENT"
            ? "there is no git on the PATH"
            : (stderr.toString().trim().split("\n")[0] ?? error.message);
        reject(
          new OttlaError(
            "GIT_FAILED",
            `git ${words[0]} failed: ${why}. Name a commit that is there with --against git:COMMIT, or compare with a lock file or a registry.`,
            { cause: error },
          ),
        );
      }
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
