import { posix } from "node:path";

interface Declaration {
  readonly path: string;
  readonly line: number;
  readonly isDocumented: boolean;
}

const DECLARATION = /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|class|interface|type|const) (\w+)/;
const RE_EXPORT = /^export (?:type )?\{([^}]*)\} from "(\.[^"]+)";/gm;
const RE_EXPORT_ALL = /^export \* from "(\.[^"]+)";/gm;

/** Public exports, those that the given files export or re-export, that no comment explains. */
export function findUndocumented(publicFiles: readonly string[], read: (path: string) => string): string[] {
  const found = new Map<string, string>();
  for (const file of publicFiles) {
    for (const [name, declaration] of publicDeclarations(file, read)) {
      if (declaration.isDocumented) continue;
      const place = `${declaration.path}:${declaration.line}`;
      found.set(place, `${place}: ${name} is public but no comment says what it is.`);
    }
  }
  return [...found.values()].sort();
}

function publicDeclarations(path: string, read: (path: string) => string): Map<string, Declaration> {
  const source = read(path);
  const found = declarationsIn(path, source);
  for (const [, target = ""] of source.matchAll(RE_EXPORT_ALL)) {
    for (const [name, declaration] of publicDeclarations(resolve(path, target), read)) found.set(name, declaration);
  }
  for (const [, names = "", target = ""] of source.matchAll(RE_EXPORT)) {
    const declared = publicDeclarations(resolve(path, target), read);
    for (const name of names.split(",").map((part) =>
      part
        .trim()
        .replace(/^type /, "")
        .replace(/ as .*$/, ""),
    )) {
      const declaration = declared.get(name);
      if (declaration !== undefined) found.set(name, declaration);
    }
  }
  return found;
}

function declarationsIn(path: string, source: string): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  const lines = source.split("\n");
  for (const [index, line] of lines.entries()) {
    const name = DECLARATION.exec(line)?.[1];
    if (name === undefined || found.has(name)) continue;
    found.set(name, { path, line: index + 1, isDocumented: lines[index - 1]?.trimEnd().endsWith("*/") ?? false });
  }
  return found;
}

function resolve(from: string, target: string): string {
  return posix.join(posix.dirname(from), target);
}
