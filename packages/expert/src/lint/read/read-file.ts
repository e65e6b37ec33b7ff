import { readAvroFile } from "./read-avro.ts";
import { readBuildFile } from "./read-dependencies.ts";
import { readEnvFile } from "./read-env.ts";
import { readJsonFile } from "./read-json.ts";
import { readProgram } from "./read-program.ts";
import { readPropertiesFile } from "./read-properties.ts";
import { readMarkdown } from "./read-markdown.ts";
import { readCsvFile } from "./read-csv.ts";
import { readProtoFile } from "./read-proto.ts";
import { readShellFile } from "./read-shell.ts";
import { readTerraformFile } from "./read-terraform.ts";
import { readTextFile } from "./read-text.ts";
import { readYamlFile } from "./read-yaml.ts";
import { NOTHING, type ReadFile, type Reader, type SourceFile } from "./source-file.ts";

/** How a file is read, by its name. The first that fits. */
const READERS: readonly (readonly [name: RegExp, reader: Reader])[] = [
  [/(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?|[\w.-]*\.versions\.toml)$/i, readBuildFile],
  [/\.properties$/i, readPropertiesFile],
  [/\.avsc$/i, readAvroFile],
  [/\.ya?ml$/i, readYamlFile],
  [/\.json$/i, readJsonFile],
  [/(?:^|\/)(?:[\w-]*\.)?env(?:\.[\w-]+)?$/i, readEnvFile],
  [/\.(?:sh|bash)$/i, readShellFile],
  [/\.(?:topology|txt)$/i, readTextFile],
  [/\.tf$/i, readTerraformFile],
  [/\.proto$/i, readProtoFile],
  [/\.csv$/i, readCsvFile],
  [/\.(?:md|markdown)$/i, (file) => readMarkdown(file, readerOf)],
  [/\.([cm]?[jt]s|[jt]sx|java|kts?|py|go)$/i, readProgram],
];

/** Whether a file of this name is looked into. */
export function isReadable(path: string): boolean {
  return READERS.some(([name]) => name.test(path));
}

/** What a file holds that rules can judge: nothing, when it is no file of Kafka's. */
export async function readFile(file: SourceFile): Promise<ReadFile> {
  const reader = readerOf(file.path);
  return reader ? await reader(file) : NOTHING;
}

function readerOf(path: string): Reader | undefined {
  return READERS.find(([name]) => name.test(path))?.[1];
}
