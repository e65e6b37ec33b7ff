import { readContainer } from "./read-container.ts";
import { lineComments } from "./line-comments.ts";
import { NOTHING, type ReadFile, type SourceFile } from "./source-file.ts";

/** Reads a file of variables, as compose and many programs take it: `NAME=value`, `export` before it or not, quoted or not. */
export function readEnvFile({ path, text }: SourceFile): ReadFile {
  if (!/kafka|bootstrap_servers/i.test(text)) return NOTHING;
  const variables = text.split("\n").flatMap((line, i) => {
    const [, name, value = ""]: readonly (string | undefined)[] = /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: unquoted(value), line: i + 1 }];
  });
  const documents = readContainer({ file: path, part: undefined, image: undefined, variables, hosts: [] });
  return documents.length === 0 ? NOTHING : { ...NOTHING, documents, comments: lineComments(text) };
}

/** Behind a bare value a comment may follow. */
function unquoted(value: string): string {
  const [, double, single] = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/.exec(value) ?? [];
  return double ?? single ?? value.replace(/\s+#.*$/, "");
}
