import type { ExpertTool, ServerLimits } from "../tool.ts";
import { clusterTools } from "./cluster-tools.ts";
import { dataTools } from "./data-tools.ts";
import { decodeTools } from "./decode-tool.ts";
import { doctorTools } from "./doctor-tools.ts";
import { generatorTools } from "./generator-tools.ts";
import { groupTools } from "./group-tools.ts";
import { lintTools } from "./lint-tool.ts";
import { planTools } from "./plan-tools.ts";
import { ruleTools } from "./rule-tools.ts";
import { securityTools } from "./security-tools.ts";
import { sizeTools } from "./size-tools.ts";
import { executionTools, writeTools } from "./write-tools.ts";

/** Every tool, whatever a server may do. */
export const allTools: readonly ExpertTool[] = [
  ...lintTools,
  ...ruleTools,
  ...sizeTools,
  ...generatorTools,
  ...decodeTools,
  ...doctorTools,
  ...clusterTools,
  ...groupTools,
  ...securityTools,
  ...dataTools,
  ...planTools,
  ...executionTools,
  ...writeTools,
];

/** The tools of a server with these limits. What may not be done is not there. */
export function toolsFor({ allowData, allowWrites }: ServerLimits): readonly ExpertTool[] {
  return allTools.filter(({ kind }) => (kind !== "data" || allowData) && (kind !== "write" || allowWrites));
}
