import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import type { ImportingFile } from "./check-layers.ts";
import { type Floor, floors } from "./floors.ts";
import { importsOf, staticImportsOf } from "./imports-of.ts";
import { sourceFiles } from "./source-files.ts";
import { root, workspaces } from "./workspaces.ts";

/** What breaks the floors of a package, and circles of files in any package, the conformance suites and the tools; one sentence each. */
export function checkFloors(): string[] {
  return [...workspaces().map(({ folder }) => folder), "conformance", "tools"].flatMap((folder) => {
    const sources = sourceFiles([folder.includes("/") ? `${folder}/src/**/*.ts` : `${folder}/**/*.ts`]).map((path) => ({
      path,
      source: readFileSync(join(root, path), "utf8"),
    }));
    const packageFloors = floors[posix.basename(folder)];
    const files = sources.map(({ path, source }) => ({ path, imports: importsOf(source) }));
    return [
      ...(packageFloors ? arrowsUp(folder, files, packageFloors) : []),
      ...circlesOf(sources.map(({ path, source }) => ({ path, imports: staticImportsOf(source) }))),
    ];
  });
}

/** Imports that run from a floor to one above. */
export function arrowsUp(folder: string, files: readonly ImportingFile[], packageFloors: readonly Floor[]): string[] {
  const floorOf = (path: string): number => {
    const place = path.slice(`${folder}/src/`.length);
    return packageFloors.findIndex(({ rooms }) => rooms.some((room) => (room.endsWith("/") ? place.startsWith(room) : place === room)));
  };
  return files
    .filter(({ path }) => !isTestCode(path))
    .flatMap((file) => {
      const from = floorOf(file.path);
      if (from < 0) return [`${file.path}: is on no floor of tools/floors.ts.`];
      return targetsOf(file).flatMap((target) => {
        const to = floorOf(target);
        if (to >= from) return [];
        if (to < 0) return isTestCode(target) ? [`${file.path}: imports test code, ${target}.`] : [];
        return [`${file.path} ("${packageFloors[from]!.name}") imports ${target}, which is above ("${packageFloors[to]!.name}").`];
      });
    });
}

/** Circles of imports among files. */
export function circlesOf(files: readonly ImportingFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const indexOf = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const faults: string[] = [];
  const visit = (path: string): void => {
    indexOf.set(path, indexOf.size);
    lowest.set(path, indexOf.get(path)!);
    stack.push(path);
    for (const target of targetsOf(byPath.get(path)!)) {
      if (!byPath.has(target)) continue;
      if (!indexOf.has(target)) {
        visit(target);
        lowest.set(path, Math.min(lowest.get(path)!, lowest.get(target)!));
      } else if (stack.includes(target)) lowest.set(path, Math.min(lowest.get(path)!, indexOf.get(target)!));
    }
    if (lowest.get(path) !== indexOf.get(path)) return;
    const circle = stack.splice(stack.indexOf(path)).sort();
    if (circle.length > 1) faults.push(`These files import each other in a circle: ${circle.join(", ")}.`);
  };
  for (const { path } of files) if (!indexOf.has(path)) visit(path);
  return faults;
}

function targetsOf({ path, imports }: ImportingFile): string[] {
  return imports.filter((specifier) => specifier.startsWith(".")).map((specifier) => posix.join(posix.dirname(path), specifier));
}

function isTestCode(path: string): boolean {
  return path.endsWith(".test.ts") || path.includes("/testing/") || path.endsWith("-tests.ts");
}
