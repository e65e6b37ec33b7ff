import { readListingFile } from "./read-listing.ts";
import { readTopologyFile } from "./read-topology.ts";
import { countOf, type ReadFile, type SourceFile } from "./source-file.ts";

/** Reads a plain text: a topology that describes itself, else what Kafka's tools list. */
export function readTextFile(file: SourceFile): ReadFile {
  const topology = readTopologyFile(file);
  return countOf(topology) > 0 ? topology : readListingFile(file);
}
