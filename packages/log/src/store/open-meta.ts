import { join } from "node:path";
import type { Disk } from "@ottla/base";
import { LogError } from "../errors.ts";
import { readHintFile } from "../shared/hint-file.ts";
import {
  decodeMetaProperties,
  encodeMetaProperties,
  foreignDirectory,
  META_PROPERTIES_FILE,
  type MetaProperties,
} from "./meta-properties.ts";

export type { MetaProperties } from "./meta-properties.ts";

/** Names that may lie in a directory that is not ours yet: the file system's own, and our lock. */
const HARMLESS = new Set(["lost+found", ".lock", ".lock.holder", `${META_PROPERTIES_FILE}.tmp`]);

/** Reads whose directory it is, or makes an empty one ours. Errors: disk errors; `DIRECTORY_FOREIGN`, `DIRECTORY_TOO_NEW`, `DIRECTORY_OTHER_CLUSTER`. */
export function openMeta(
  disk: Disk,
  directory: string,
  create: () => MetaProperties,
  wanted: { readonly clusterId?: string; readonly nodeId?: number },
): MetaProperties {
  const path = join(directory, META_PROPERTIES_FILE);
  const content = readHintFile(disk, path);
  if (content === undefined) {
    const stranger = disk.list(directory).find((name) => !HARMLESS.has(name));
    if (stranger !== undefined) throw foreignDirectory(directory, `it holds ${stranger} and no ${META_PROPERTIES_FILE}`);
    const meta = create();
    disk.replaceFile(path, encodeMetaProperties(meta));
    return meta;
  }
  const meta = decodeMetaProperties(content, directory);
  if (wanted.clusterId !== undefined && wanted.clusterId !== meta.clusterId) {
    throw new LogError(
      "DIRECTORY_OTHER_CLUSTER",
      directory,
      `The data directory ${directory} belongs to cluster ${meta.clusterId}, not ${wanted.clusterId}; give another directory or that cluster id.`,
    );
  }
  if (wanted.nodeId !== undefined && wanted.nodeId !== meta.nodeId) {
    throw new LogError(
      "DIRECTORY_OTHER_CLUSTER",
      directory,
      `The data directory ${directory} belongs to node ${meta.nodeId}, not ${wanted.nodeId}; give another directory or that node id.`,
    );
  }
  return meta;
}
