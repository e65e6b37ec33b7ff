import { parseJavaProperties } from "@ottla/base";
import { LogError } from "../errors.ts";

export const META_PROPERTIES_FILE = "meta.properties";
/** The version of everything a data directory holds. A directory with a higher one is refused. */
const LAYOUT_VERSION = 1;
/** Kafka's own version of the file. */
const KAFKA_VERSION = "1";

/** Whose data directory this is. */
export interface MetaProperties {
  readonly clusterId: string;
  readonly nodeId: number;
  readonly directoryId: string;
}

/** Kafka's `meta.properties`, with one line of our own by which we know a directory as ours. */
export function encodeMetaProperties(meta: MetaProperties): Buffer {
  const lines = [
    `ottla.layout.version=${LAYOUT_VERSION}`,
    `version=${KAFKA_VERSION}`,
    `cluster.id=${meta.clusterId}`,
    `node.id=${meta.nodeId}`,
    `directory.id=${meta.directoryId}`,
  ];
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** Errors: `DIRECTORY_FOREIGN`, `DIRECTORY_TOO_NEW`. */
export function decodeMetaProperties(content: Buffer, directory: string): MetaProperties {
  const properties = parseJavaProperties(content.toString("utf8"));
  const layout = Number(properties.get("ottla.layout.version"));
  const clusterId = properties.get("cluster.id");
  const nodeId = Number(properties.get("node.id"));
  const directoryId = properties.get("directory.id");
  if (layout > LAYOUT_VERSION) {
    throw new LogError(
      "DIRECTORY_TOO_NEW",
      directory,
      `The data directory ${directory} was written by a newer Ottla (layout ${layout}, this one knows ${LAYOUT_VERSION}); start it with that version.`,
    );
  }
  if (layout !== LAYOUT_VERSION || clusterId === undefined || directoryId === undefined || !Number.isSafeInteger(nodeId)) {
    throw foreignDirectory(directory, `its ${META_PROPERTIES_FILE} is not Ottla's`);
  }
  return { clusterId, nodeId, directoryId };
}

export function foreignDirectory(directory: string, why: string): LogError {
  return new LogError(
    "DIRECTORY_FOREIGN",
    directory,
    `${directory} is not a data directory of Ottla: ${why}; choose an empty or new directory.`,
  );
}
