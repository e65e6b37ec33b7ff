import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { demonstrate, describeDelays } from "../testing/demonstration.ts";
import { type DelayStatistics, noDelays, withFlight } from "./delay-statistics.ts";
import { FlightsFile } from "./flights-file.ts";

/** Enough to be killed in the middle of. */
const MORE_FLIGHTS = 120_000;
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-demo-"));
});
after(() => rmSync(folder, { recursive: true }));

test("killed in the middle, twice, it goes on and counts every flight once", async () => {
  const dataDirectory = join(folder, "killed");
  await killWhenWritten(dataDirectory, "flights");
  await killWhenWritten(dataDirectory, "airport-delays");
  const resumed = await demonstrate(dataDirectory, MORE_FLIGHTS);
  assert.deepEqual([resumed.produced, resumed.folded], [MORE_FLIGHTS, MORE_FLIGHTS]);
  const direct = await countDirectly(MORE_FLIGHTS);
  assert.deepEqual(resumed.delays, direct);
  assert.deepEqual(resumed.served, { delays: direct, dailyFlights: MORE_FLIGHTS });
});

/** What the topics must come to, without any topic. */
async function countDirectly(flights: number): Promise<Map<string, string>> {
  const delays = new Map<string, DelayStatistics>();
  for await (const { count, origin, delayMinutes } of FlightsFile.open().columns(0, flights)) {
    for (let row = 0; row < count; row++) {
      delays.set(origin[row]!, withFlight(delays.get(origin[row]!) ?? noDelays, delayMinutes[row]!));
    }
  }
  return new Map([...delays].map(([name, airport]) => [name, describeDelays(airport)]));
}

/** A process of its own, ended by SIGKILL as soon as a partition of the topic has got bytes that it had not before. */
async function killWhenWritten(dataDirectory: string, topic: string): Promise<void> {
  const before = writtenBytes(dataDirectory, topic);
  const words = ["--conditions=source", main, "dev", "--demo", "--json", "--port", "0", "--data-dir", dataDirectory];
  const env = { ...process.env, OTTLA_DEMO_FLIGHTS: String(MORE_FLIGHTS), OTTLA_DEMO_PORT: "0" };
  const child = spawn(process.execPath, words, { stdio: "ignore", env });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  while (child.exitCode === null && writtenBytes(dataDirectory, topic) <= before) await setTimeout(2);
  child.kill("SIGKILL");
  await exited;
  assert.equal(child.signalCode, "SIGKILL");
}

function writtenBytes(dataDirectory: string, topic: string): number {
  const files = Array.from({ length: 6 }, (_, partition) => join(dataDirectory, `${topic}-${partition}`, "00000000000000000000.log"));
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}
