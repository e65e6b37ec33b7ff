import assert from "node:assert/strict";
import { silentLogger } from "@ottla/base";
import { OpenPort } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import type { DelayStatistics } from "../demo/delay-statistics.ts";
import { DELAYS_TOPIC, FLIGHTS_TOPIC, partitionsOf } from "../demo/demo-topics.ts";
import { runDemo } from "../demo/run-demo.ts";
import { readToEnd } from "../demo/topic-reader.ts";
import { RegistryService } from "../parts/registry-service.ts";
import { CommandLineFixture } from "./command-line-fixture.ts";
import { OutputCollector } from "./output-collector.ts";

/** Runs the demonstration to its end on a broker of its own; what it printed, and what is in the topics then. */
export async function demonstrate(dataDirectory: string, flights: number, signal: AbortSignal = new AbortController().signal) {
  const ottla = await CommandLineFixture.start(dataDirectory);
  const out = new OutputCollector();
  const stopping = new AbortController();
  const port = await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 });
  const { bootstrap } = ottla.broker;
  const context = { host: "127.0.0.1", port: 0, addresses: { bootstrap }, settings: {}, logger: silentLogger, out };
  const registry = await RegistryService.start(context, port, stopping.signal);
  const world = {
    bootstrap,
    registry: `http://${port.authority}`,
    out,
    env: { OTTLA_DEMO_FLIGHTS: String(flights), OTTLA_DEMO_PORT: "0" },
    signal,
    onFailure: assert.ifError,
  };
  const client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  try {
    const demo = await runDemo(world);
    const served = await servedDelays(demo.url, signal);
    await demo.stop();
    const delays = await publishedDelays(client);
    const ends = await client.admin().listOffsets(partitionsOf(FLIGHTS_TOPIC, 6).map((partition) => ({ ...partition, spec: "latest" })));
    const shown = await ottla.run(["consume", FLIGHTS_TOPIC, "--deserialize", "--from-beginning", "-e", "-n", "1"], {
      env: { OTTLA_REGISTRY_URL: world.registry },
    });
    return {
      /** A flight as `ottla consume --deserialize` shows it. */
      shown: shown.stdout,
      printed: out.text,
      folded: [...delays.values()].reduce((sum, airport) => sum + airport.flights, 0),
      /** By airport, as they are in the compacted topic. */
      delays: new Map([...delays].map(([airport, each]) => [airport, describeDelays(each)])),
      /** The same, asked by HTTP, and the flights of all days. */
      served,
      produced: ends.reduce((sum, { value }) => sum + (value?.offset ?? 0), 0),
    };
  } finally {
    await client.close();
    stopping.abort();
    await registry.stop();
    await ottla.stop();
  }
}

/** The newest statistics of each airport, from the compacted topic. */
async function publishedDelays(client: Client): Promise<Map<string, DelayStatistics>> {
  const newest = new Map<string, DelayStatistics>();
  await readToEnd(client, partitionsOf(DELAYS_TOPIC, 6), ({ key, value }) => {
    if (key !== null && value !== null) newest.set(key.toString(), JSON.parse(value.toString()) as DelayStatistics);
  });
  return newest;
}

async function servedDelays(
  url: string,
  signal: AbortSignal,
): Promise<{ readonly delays: Map<string, string>; readonly dailyFlights: number }> {
  const delays = new Map<string, string>();
  let dailyFlights = 0;
  if (signal.aborted) return { delays, dailyFlights };
  const rows = async (path: string) => {
    const response = await fetch(`${url}/v1/stores/${path}`, { headers: { accept: "application/x-ndjson" } });
    const lines = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly key: string; readonly value: DelayStatistics });
    assert.ok("end" in lines.pop()!, "the answer is whole");
    return lines;
  };
  for (const { key, value } of await rows("airport-delays/keys")) delays.set(key, describeDelays(value));
  for (const { value } of await rows("daily-delays/windows")) dailyFlights += value.flights;
  return { delays, dailyFlights };
}

/** Of one airport, as text. */
export const describeDelays = ({ flights, late, delayMinutes, longestMinutes }: DelayStatistics): string =>
  `${flights} ${late} ${delayMinutes} ${longestMinutes}`;
