import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** What the tools read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Workspace {
  /** Relative to the root: `packages/base`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The packages of the product, without conformance and tools. */
export function workspaces(): readonly Workspace[] {
  return readdirSync(join(root, "packages"))
    .sort()
    .filter((name) => existsSync(join(root, "packages", name, "package.json")))
    .map((name) => ({ folder: `packages/${name}`, manifest: readPackage(join(root, "packages", name)) }));
}

export function readPackage(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** `@scope/name/sub/path` → `@scope/name`. */
export function packageNameOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
