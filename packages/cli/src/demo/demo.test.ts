import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClient } from "@ottla/client";
import { CommandLineFixture } from "../testing/command-line-fixture.ts";
import { OutputCollector } from "../testing/output-collector.ts";
import { type AirportDelays, countFlight, noDelays } from "./airport-delays.ts";
import { readDelays } from "./delays-table.ts";
import { FLIGHTS_TOPIC, partitionsOf } from "./demo-topics.ts";
import { FlightsFile } from "./flights-file.ts";
import { runDemo } from "./run-demo.ts";

const FLIGHTS = 4000;
/** Enough to be killed in the middle of. */
const MORE_FLIGHTS = 120_000;
const main = fileURLToPath(new URL("../main.ts", import.meta.url));

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ottla-demo-"));
});
after(() => rmSync(folder, { recursive: true }));

/** Runs the demonstration to its end on a broker of its own; what it printed, and what is in the topics then. */
async function demonstrate(dataDirectory: string, flights: number, signal: AbortSignal = new AbortController().signal) {
  const ottla = await CommandLineFixture.start(dataDirectory);
  const out = new OutputCollector();
  const world = {
    bootstrap: ottla.broker.bootstrap,
    out,
    env: { OTTLA_DEMO_FLIGHTS: String(flights) },
    signal,
    onFailure: assert.ifError,
  };
  const client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  try {
    await (await runDemo(world)).stop();
    const delays = await readDelays(client, 6);
    const ends = await client.admin().listOffsets(partitionsOf(FLIGHTS_TOPIC, 6).map((partition) => ({ ...partition, spec: "latest" })));
    return {
      printed: out.text,
      folded: delays.reduce((sum, airport) => sum + airport.flights, 0),
      delays: new Map(delays.map((airport) => [airport.airport, describe(airport)])),
      produced: ends.reduce((sum, { value }) => sum + (value?.offset ?? 0), 0),
    };
  } finally {
    await client.close();
    await ottla.stop();
  }
}

test("flights are produced and folded, and a second start finds them", async () => {
  const dataDirectory = join(folder, "twice");
  const first = await demonstrate(dataDirectory, FLIGHTS);
  assert.deepEqual([first.produced, first.folded], [FLIGHTS, FLIGHTS]);
  assert.match(first.printed, /4,000 flights produced; 4,000 folded into the compacted topic/);
  assert.match(first.printed, /Most often late[^]*AIRPORT[^]*Busiest[^]*AIRPORT/);
  const second = await demonstrate(dataDirectory, FLIGHTS);
  assert.match(second.printed, /^4,000 flights are there from an earlier run and every one is counted; nothing to do/);
  assert.deepEqual([second.produced, second.folded], [FLIGHTS, FLIGHTS]);
  assert.deepEqual(second.delays, first.delays);
});

test("killed in the middle, twice, it goes on and counts every flight once", async () => {
  const dataDirectory = join(folder, "killed");
  await killWhenWritten(dataDirectory, "flights");
  await killWhenWritten(dataDirectory, "airport-delays");
  const resumed = await demonstrate(dataDirectory, MORE_FLIGHTS);
  assert.deepEqual([resumed.produced, resumed.folded], [MORE_FLIGHTS, MORE_FLIGHTS]);
  assert.deepEqual(resumed.delays, await countDirectly(MORE_FLIGHTS));
});

test("a signal ends it at once, and the next start goes on", async () => {
  const dataDirectory = join(folder, "stopped");
  const stop = new AbortController();
  const stopping = demonstrate(dataDirectory, MORE_FLIGHTS, stop.signal);
  setImmediate(() => stop.abort());
  assert.ok((await stopping).produced < MORE_FLIGHTS);
  assert.equal((await demonstrate(dataDirectory, FLIGHTS)).folded >= FLIGHTS, true);
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
  return new Map([...delays].map(([name, airport]) => [name, describe(airport)]));
}

const describe = ({ flights, late, delayMinutes, longestMinutes }: AirportDelays): string =>
  `${flights} ${late} ${delayMinutes} ${longestMinutes}`;

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
