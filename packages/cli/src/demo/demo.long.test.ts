import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { demonstrate, describeDelays } from "../testing/demonstration.ts";
import { type AirportDelays, countFlight, noDelays } from "./airport-delays.ts";
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
  assert.deepEqual(resumed.delays, await countDirectly(MORE_FLIGHTS));
});

/** What the topics must come to, without any topic. */
async function countDirectly(flights: number): Promise<Map<string, string>> {
  const delays = new Map<string, AirportDelays>();
  for await (const { count, firstFlight, origin, delayMinutes } of FlightsFile.open().columns(0, flights)) {
    for (let row = 0; row < count; row++) {
      const airport = delays.get(origin[row]!) ?? noDelays(origin[row]!);
      delays.set(airport.airport, airport);
      countFlight(airport, firstFlight + row, delayMinutes[row]!);
    }
  }
  return new Map([...delays].map(([name, airport]) => [name, describeDelays(airport)]));
}

/** A process of its own, ended by SIGKILL as soon as a partition of the topic has got bytes that it had not before. */
async function killWhenWritten(dataDirectory: string, topic: string): Promise<void> {
  const before = writtenBytes(dataDirectory, topic);
  const words = ["--conditions=source", main, "dev", "--demo", "--json", "--port", "0", "--data-dir", dataDirectory];
  const env = { ...process.env, OTTLA_DEMO_FLIGHTS: String(MORE_FLIGHTS) };
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
