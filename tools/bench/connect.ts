/**
 * Our Connect beside Apache Connect.
 *
 *   npm run bench -- connect [--only transforms,start,idle,cdc,cdc-large,cdc-load,cdc-latency,many,pipelines] [--rounds 5] [--seconds 2] [--report]
 */
import { parseArgs } from "node:util";
import type { ConnectBenchPart } from "./connect/part.ts";
import { choose } from "./measure/choose.ts";

/** Loaded when they are chosen: each has its own tools. */
const parts: Readonly<Record<string, () => Promise<ConnectBenchPart>>> = {
  transforms: async () => (await import("./connect/transforms.ts")).transformsPart,
  start: async () => (await import("./connect/start.ts")).startPart,
  idle: async () => (await import("./connect/idle.ts")).idlePart,
  cdc: async () => (await import("./connect/cdc.ts")).cdcPart,
  "cdc-large": async () => (await import("./connect/cdc-large.ts")).cdcLargePart,
  "cdc-load": async () => (await import("./connect/cdc-load.ts")).cdcLoadPart,
  "cdc-latency": async () => (await import("./connect/cdc-latency.ts")).cdcLatencyPart,
  many: async () => (await import("./connect/many.ts")).manyPart,
  pipelines: async () => (await import("./connect/pipelines.ts")).pipelinesPart,
};
const names = Object.keys(parts);
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: names.join(",") },
    report: { type: "boolean", default: false },
  },
});
const options = { rounds: Number(values.rounds), seconds: values.seconds, report: values.report };
for (const name of choose("only", values.only, names)) await (await parts[name]?.())?.(options);
