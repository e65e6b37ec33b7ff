import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { startDev, startKarapace } from "./contestants.ts";
import { inTurns, type RegistryBenchPart } from "./part.ts";

const MEBIBYTE = 2 ** 20;

/** From nothing to the first answer. Ours starts its broker as well, in the same process; the other one finds a broker that runs. */
export const startPart: RegistryBenchPart = async ({ rounds, karapace }, comparison) => {
  // Once unmeasured: the first start compiles, and keeps what it compiled.
  await (await startDev()).stop();
  const broker = karapace === undefined ? undefined : await startDev({ only: "broker" });
  const ours = async (): Promise<void> => {
    const dev = await startDev();
    const { cpuSeconds, residentBytes } = readProcessUsage(dev.pid);
    comparison.add("start to first answer, ms", "ottla", dev.firstAnswerMs, { than: "karapace", atMost: 1 / 5 });
    comparison.add("ours: start to ready line, ms", "ottla", dev.readyMs, { than: "karapace", below: 250 });
    comparison.add("CPU time until then, ms", "ottla", cpuSeconds * 1_000);
    comparison.add("resident memory then, MiB", "ottla", residentBytes / MEBIBYTE);
    await dev.stop();
  };
  const python = karapace;
  const theirs = async (): Promise<void> => {
    const running = await startKarapace(python ?? "", broker?.bootstrap ?? "", "_karapace_start");
    const { cpuSeconds, residentBytes } = readProcessUsage(running.pid);
    comparison.add("start to first answer, ms", "karapace", running.firstAnswerMs);
    comparison.add("CPU time until then, ms", "karapace", cpuSeconds * 1_000);
    comparison.add("resident memory then, MiB", "karapace", residentBytes / MEBIBYTE);
    await running.stop();
  };
  try {
    await inTurns(Math.max(rounds, 5), ours, python === undefined ? undefined : theirs);
  } finally {
    await broker?.stop();
  }
};
