import { stringify } from "yaml";
import type { DesignedSystem } from "../designed-system.ts";
import { comment, generatedBy, type OutputFile } from "./output-file.ts";

/** From which numbers on somebody should look, for whatever writes alert rules. */
export function alertInputs({ system, alerts }: DesignedSystem): OutputFile {
  const inputs = alerts.map(({ name, of, value, unit, reason, formula }) => ({
    name,
    of,
    value,
    unit,
    reason,
    ...(formula !== undefined && { formula }),
  }));
  return { path: "alerts.yaml", text: `${comment(generatedBy(system))}\n${stringify({ alerts: inputs }, { lineWidth: 0 })}` };
}
