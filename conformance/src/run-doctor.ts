// npm run test:doctor [-- --only WORD…] [-- --write]: Apache Kafka is broken in many ways; the doctor must name each, and its remedy must cure it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createClient } from "@ottla/client";
import { walkCommandLine } from "./doctor/command-line-walk.ts";
import { brokerFaults } from "./doctor/faults/broker-faults.ts";
import { clusterFaults } from "./doctor/faults/cluster-faults.ts";
import { decidedFaults } from "./doctor/faults/decided-faults.ts";
import { diskFaults } from "./doctor/faults/disk-faults.ts";
import { groupFaults } from "./doctor/faults/group-faults.ts";
import { listenerFaults } from "./doctor/faults/listener-faults.ts";
import { recordFaults } from "./doctor/faults/record-faults.ts";
import { replicaFaults } from "./doctor/faults/replica-faults.ts";
import { topicFaults } from "./doctor/faults/topic-faults.ts";
import type { FaultResult, FaultWorld } from "./doctor/fault.ts";
import { faultyConfig, secureListener } from "./doctor/faulty-config.ts";
import { faultPage } from "./doctor/fault-report.ts";
import { untilPreferred } from "./doctor/faults/settled.ts";
import { examine, judgeFault, ruleNames } from "./doctor/judge-fault.ts";
import { startKafka } from "./kafka/cluster.ts";
import { repositoryRoot } from "./paths.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./process/temporary-folder.ts";

const PAGE = `${repositoryRoot}docs/doctor-faults.md`;
const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, write: { type: "boolean", default: false } } });
// What takes a broker away stands last: who led what is not as before.
const all = [
  ...topicFaults,
  ...recordFaults,
  ...clusterFaults,
  ...replicaFaults,
  ...groupFaults,
  ...listenerFaults,
  ...diskFaults,
  ...decidedFaults,
  ...brokerFaults,
];
const faults = all.filter(({ name, rules }) => values.only?.some((word) => name.includes(word) || rules.includes(word)) ?? true);
const folder = makeTemporaryFolder("doctor");
const config = { ...faultyConfig.common, ...(await secureListener(folder)) };
const cluster = await startKafka({ brokers: 3, config, nodeConfig: faultyConfig.ofNode, listeners: ["OUTSIDE", "SECURE"] });
const client = createClient({ bootstrapServers: cluster.bootstrap });
const world: FaultWorld = { cluster, client, admin: client.admin() };
const startedMs = performance.now();
try {
  // Groups and transactions have their topics from the first use on.
  await world.admin.alterGroupOffsets("warm-up", []).catch(() => {});
  const findings = (await examine(world)).findings.filter(({ severity }) => severity !== "info");
  const healthy = findings.length === 0 ? [] : [ruleNames(findings)];
  process.stdout.write(`healthy cluster: ${healthy.length === 0 ? "nothing to say" : healthy.join()}\n`);
  const results: FaultResult[] = [];
  for (const fault of faults) {
    const beganMs = performance.now();
    const result = await judgeFault(world, fault);
    results.push(result);
    const { found, isFirst, cured, note } = result;
    const words = [found ? "found" : "NOT FOUND", isFirst ? "first" : "not first", cured ? "cured" : "not cured"].join(", ");
    process.stdout.write(`${fault.name}: ${words} (${((performance.now() - beganMs) / 1000).toFixed(1)} s)${note ? ` ${note}` : ""}\n`);
    // The next one is made of a whole cluster: what brokers were taken away has left leaders, and coordinators, elsewhere.
    await untilPreferred(world).catch((error: unknown) => process.stdout.write(`not whole after "${fault.name}": ${String(error)}\n`));
  }
  const walks = values.only === undefined || values.only.includes("walk") ? await walkCommandLine(world, folder) : [];
  for (const { name, failure } of walks) process.stdout.write(`${name}: ${failure ?? "as it should"}\n`);
  process.stdout.write(`${results.length} faults in ${Math.round((performance.now() - startedMs) / 1000)} s\n`);
  if (values.write) writeFileSync(PAGE, faultPage({ names: all.map(({ name }) => name), results, healthy, walks, before: pageAsItIs() }));
  process.exitCode = healthy.length === 0 && !values.write ? worseThanPage(results) : 0;
  if (healthy.length > 0 || walks.some(({ failure }) => failure !== undefined)) process.exitCode = 1;
} finally {
  await client.close({ timeoutMs: 0 }).catch(() => {});
  await cluster.kill();
  removeTemporaryFolder(folder);
}

/** 1 where a fault is not found, first or cured that is so on the page. */
function worseThanPage(results: readonly FaultResult[]): 0 | 1 {
  const page = pageAsItIs().split("\n");
  const worse = results.filter(({ fault, found, isFirst, cured, skipped }) => {
    if (skipped) return false;
    const [, , , wasFound, wasFirst, wasCured] = page.find((line) => line.startsWith(`| ${fault.name} |`))?.split("|") ?? [];
    const was = (cell: string | undefined): boolean => cell?.trim() === "yes";
    return (was(wasFound) && !found) || (was(wasFirst) && !isFirst) || (was(wasCured) && !cured);
  });
  for (const { fault } of worse) process.stderr.write(`"${fault.name}" does worse than docs/doctor-faults.md says.\n`);
  return worse.length > 0 ? 1 : 0;
}

function pageAsItIs(): string {
  return existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
}
