import type { DesignedSystem } from "../designed-system.ts";
import { alertInputs } from "./alert-inputs.ts";
import { propertiesFiles } from "./client-properties.ts";
import type { OutputFile } from "./output-file.ts";
import { report } from "./report.ts";
import { kafkaScript, ottlaScript, schemaScript } from "./shell-scripts.ts";
import { strimziResources } from "./strimzi.ts";
import { terraformFile } from "./terraform.ts";
import { typescriptFiles } from "./typescript-clients.ts";

/** Everything that a design becomes, by path. The same design gives the same bytes. */
export function outputFiles(system: DesignedSystem): readonly OutputFile[] {
  const schemas = schemaScript(system);
  return [
    report(system),
    ottlaScript(system),
    kafkaScript(system),
    strimziResources(system),
    terraformFile(system),
    alertInputs(system),
    ...propertiesFiles(system),
    ...typescriptFiles(system),
    ...system.schemas.map(({ file, text }) => ({ path: file, text })),
    ...(schemas ? [schemas] : []),
  ];
}
