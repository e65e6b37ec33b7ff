import { OttlaError } from "@ottla/base";
import type { Finding } from "@ottla/expert";
import { schemaAdvice } from "@ottla/registry/lint";
import { findingOfAdvice } from "./check/finding-of-advice.ts";
import { LinkedFiles } from "./files/link-files.ts";
import type { SchemaFile } from "./files/schema-file.ts";
import { SchemaEngine } from "./schema-engine.ts";

/** What readers misread of schemas in files, by path. Of a file that cannot be read as a schema nothing: whoever checks schemas tells why. */
export async function adviceOnSchemas(files: readonly SchemaFile[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const engine = await SchemaEngine.load();
  const linked = new LinkedFiles(files);
  const found = new Map<string, readonly Finding[]>();
  for (const file of files) {
    signal.throwIfAborted();
    try {
      const advice = schemaAdvice(engine.parse(file.schemaType, file.text, linked.resolvedOf(file)));
      found.set(
        file.path,
        advice.map((each) => findingOfAdvice(file, each)),
      );
    } catch (error) {
      if (!(error instanceof OttlaError)) throw error;
    }
  }
  return found;
}
