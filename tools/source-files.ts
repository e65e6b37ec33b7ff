import { globSync } from "node:fs";
import { posix, sep } from "node:path";
import { root } from "./workspaces.ts";

/** Files of the checkout that match, sorted, relative to the root with forward slashes; nothing installed or built. */
export function sourceFiles(patterns: readonly string[]): string[] {
  return globSync([...patterns], { cwd: root, exclude: (path) => /(^|[/\\])(node_modules|dist|\.cache|\.git|\.ottla)([/\\]|$)/.test(path) })
    .map((path) => path.split(sep).join(posix.sep))
    .sort();
}

/** Code written by the generator. */
export function isGenerated(path: string): boolean {
  return path.includes("/generated/");
}

/** Code that only tests run: beside the tests, and the suites and stand-ins they share. */
export function isTestCode(path: string): boolean {
  return /\.test\.ts$|\/test\/|-tests?\/|\/contracts\/|\/testing\/|\/fixtures\//.test(path);
}
