import assert from "node:assert/strict";
import { silentLogger } from "@ottla/base";
import { OpenPort } from "@ottla/base/node";
import { createClient } from "@ottla/client";
import type { AirportDelays } from "../demo/airport-delays.ts";
import { readDelays } from "../demo/delays-table.ts";
import { FLIGHTS_TOPIC, partitionsOf } from "../demo/demo-topics.ts";
import { runDemo } from "../demo/run-demo.ts";
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
    env: { OTTLA_DEMO_FLIGHTS: String(flights) },
    signal,
    onFailure: assert.ifError,
  };
  const client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  try {
    await (await runDemo(world)).stop();
    const delays = await readDelays(client, 6);
    const ends = await client.admin().listOffsets(partitionsOf(FLIGHTS_TOPIC, 6).map((partition) => ({ ...partition, spec: "latest" })));
    const shown = await ottla.run(["consume", FLIGHTS_TOPIC, "--deserialize", "--from-beginning", "-e", "-n", "1"], {
      env: { OTTLA_REGISTRY_URL: world.registry },
    });
    return {
      /** A flight as `ottla consume --deserialize` shows it. */
      shown: shown.stdout,
      printed: out.text,
      folded: delays.reduce((sum, airport) => sum + airport.flights, 0),
      delays: new Map(delays.map((airport) => [airport.airport, describeDelays(airport)])),
      produced: ends.reduce((sum, { value }) => sum + (value?.offset ?? 0), 0),
    };
  } finally {
    await client.close();
    stopping.abort();
    await registry.stop();
    await ottla.stop();
  }
}

/** Of one airport, as text. */
export const describeDelays = ({ flights, late, delayMinutes, longestMinutes }: AirportDelays): string =>
  `${flights} ${late} ${delayMinutes} ${longestMinutes}`;
