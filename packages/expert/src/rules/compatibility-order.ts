import type { DeployedFirst } from "./rule.ts";

/**
 * The level that promises what an order of deployment needs, as strict as the one that there is; undefined where that one does already, or promises nothing. BACKWARD promises that readers with the new
 * schema read old records, FORWARD that readers with the old schema read new ones.
 */
export function levelFor(level: string, deployedFirst: DeployedFirst): string | undefined {
  const [, promise, transitive = ""] = /^(BACKWARD|FORWARD)(_TRANSITIVE)?$/.exec(level.toUpperCase()) ?? [];
  const needed = deployedFirst === "consumers" ? "BACKWARD" : "FORWARD";
  return promise === undefined || promise === needed ? undefined : `${needed}${transitive}`;
}
