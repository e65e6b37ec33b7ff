import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { importsOf } from "./imports-of.ts";
import { layerOf, layers, onlyWithin } from "./layers.ts";
import { sourceFiles } from "./source-files.ts";
import { type Manifest, root, workspaces } from "./workspaces.ts";

/** A source file and the modules it imports. */
export interface ImportingFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly imports: readonly string[];
}

/** What breaks the table of layers, one sentence each. */
export function checkLayers(): string[] {
  return workspaces().flatMap(({ folder, manifest }) => {
    const files = sourceFiles([`${folder}/src/**/*.ts`]).map((path) => ({
      path,
      imports: importsOf(readFileSync(join(root, path), "utf8")),
    }));
    return [...checkManifest(folder, manifest), ...files.flatMap((file) => checkFile(folder, file))];
  });
}

/** What a package.json may not list. */
export function checkManifest(folder: string, manifest: Manifest): string[] {
  const layer = posix.basename(folder);
  const allowed = layers[layer];
  if (allowed === undefined) return [`${folder}: there is no layer "${layer}" in tools/layers.ts.`];
  const listed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies });
  const listedLayers = listed.map(layerOf).filter((other) => other !== undefined);
  return listedLayers
    .filter((other) => !allowed.includes(other))
    .map((other) => `${folder}/package.json: ${layer} may not depend on ${other} (allowed: ${allowed.join(", ") || "nothing"}).`);
}

/** What a file may not import: a higher layer, another package by path, a folder's own dependency from outside that folder. */
export function checkFile(folder: string, { path, imports }: ImportingFile): string[] {
  const layer = posix.basename(folder);
  return imports.flatMap((specifier) => {
    if (specifier.startsWith(".")) {
      const target = posix.join(posix.dirname(path), specifier);
      return target.startsWith(`${folder}/`) ? [] : [`${path}: imports ${specifier}, which is outside its package.`];
    }
    const other = layerOf(specifier);
    if (other === undefined || other === layer) return [];
    if (!layers[layer]?.includes(other)) return [`${path}: ${layer} may not import ${specifier}.`];
    const place = onlyWithin.find((rule) => rule.layer === layer && rule.dependency === other);
    return place === undefined || path.startsWith(`${folder}/${place.folder}`)
      ? []
      : [`${path}: only ${folder}/${place.folder} may import ${specifier}.`];
  });
}
