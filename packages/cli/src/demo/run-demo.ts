import { type Admin, type Client, createClient } from "@ottla/client";
import { grouped } from "../output.ts";
import type { PartOutput } from "../parts/part.ts";
import { textStyle } from "../text-style.ts";
import { lateShare } from "./delay-statistics.ts";
import { type RunningDelays, startDelays } from "./delays-application.ts";
import { rankedAirports, readDelays, renderDelays, worstDay } from "./delays-table.ts";
import type { FlightCounts } from "./delays-topology.ts";
import { DELAYS_APPLICATION, FLIGHTS_TOPIC, partitionsOf, prepareTopics } from "./demo-topics.ts";
import { type FlightValues, flightValues } from "./flight-values.ts";
import { FlightsFile, readAirportNames } from "./flights-file.ts";
import { doctorsWord } from "./doctors-word.ts";
import { LiveLines, progressBar } from "./live-lines.ts";
import { type LoadProgress, loadFlights } from "./load-flights.ts";

const LAG_EVERY_MS = 100;
/** As many as give a picture of the whole year's first weeks in a few seconds; all are 3,000,000. */
const DEFAULT_FLIGHT_COUNT = 1_000_000;
const BAR_WIDTH = 24;
/** Where statistics can be asked for, if nobody else is there. */
const DEFAULT_PORT = 8085;

/** A demonstration whose topology goes on working. */
export interface RunningDemo {
  /** Where its statistics can be asked for. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What a demonstration works in. */
export interface DemoWorld {
  readonly bootstrap: string;
  /** Where flights' schema is registered; without one they are JSON. */
  readonly registry: string | undefined;
  readonly out: PartOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Hears why the topology gave up, after all was shown. */
  onFailure(error: Error): void;
}

interface Demo {
  readonly client: Client;
  readonly admin: Admin;
  readonly values: FlightValues;
  readonly airportNames: ReadonlyMap<string, string>;
  readonly partitionCount: number;
  readonly flightCount: number;
  readonly out: PartOutput;
  readonly env: DemoWorld["env"];
  readonly signal: AbortSignal;
}

/**
 * Loads real flights into a topic, lets a streams topology compute the delays of each airport from it, in all and day by day, and shows both at work and what came of it. What an earlier run did is found
 * again, wherever it was cut off. Prints to `out`; returns early when the signal comes.
 */
export async function runDemo({ bootstrap, registry, out, env, signal, onFailure }: DemoWorld): Promise<RunningDemo> {
  const client = createClient({ bootstrapServers: bootstrap, clientId: "ottla-demo" });
  let values: FlightValues | undefined;
  let delays: RunningDelays | undefined;
  const stop = async (): Promise<void> => {
    await delays?.stop();
    values?.close();
    await client.close();
  };
  try {
    const admin = client.admin();
    const [partitionCount, opened] = await Promise.all([prepareTopics(admin), flightValues(registry)]);
    values = opened;
    const flightCount = Number(env["OTTLA_DEMO_FLIGHTS"] ?? DEFAULT_FLIGHT_COUNT);
    const demo: Demo = { client, admin, values, airportNames: readAirportNames(), partitionCount, flightCount, out, env, signal };
    const counts = { flights: 0 };
    delays = await startDelays({ bootstrap, values, airportNames: demo.airportNames, counts, port: portOf(env) });
    await showWork(demo, delays, counts);
    if (!signal.aborted) await showResult(demo, delays);
    if (!signal.aborted) out.write(await doctorsWord(admin, signal));
    delays.ended.catch(onFailure);
    return { url: delays.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function portOf(env: DemoWorld["env"]): number {
  const port = Number(env["OTTLA_DEMO_PORT"] ?? DEFAULT_PORT);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : DEFAULT_PORT;
}

async function showWork(demo: Demo, delays: RunningDelays, counts: FlightCounts): Promise<void> {
  const { client, admin, values, partitionCount, flightCount, out, signal } = demo;
  const progress: LoadProgress = { isLoading: false, found: 0, written: 0, bytes: 0 };
  const startedMs = performance.now();
  let loadedMs: number | undefined;
  const loading = loadFlights(client, { file: () => FlightsFile.open(), values, flightCount, partitionCount, signal }, progress).then(
    () => {
      loadedMs = performance.now();
    },
  );
  // A failure is thrown by the race below, or when the loop is over.
  const failing = Promise.all([loading, delays.ended]);
  failing.catch(() => {});
  const lines = new LiveLines(out);
  let lag = flightCount;
  for (;;) {
    lag = await Promise.race([readLag(admin, partitionCount), failing.then(() => 0)]);
    if (signal.aborted) break;
    if (loadedMs !== undefined && lag === 0) break;
    if (progress.isLoading || counts.flights > 0)
      lines.show(() => workLines(progress, flightCount, (loadedMs ?? performance.now()) - startedMs, counts.flights, lag));
    await Promise.race([pause(LAG_EVERY_MS, signal), failing]);
  }
  await loading;
  if (signal.aborted) return;
  const tookMs = performance.now() - startedMs;
  if (progress.written > 0) lines.finish(workLines(progress, flightCount, (loadedMs ?? 0) - startedMs, counts.flights, lag));
  out.write(summary(progress, counts.flights, tookMs));
}

function workLines({ found, written, bytes }: LoadProgress, flightCount: number, loadMs: number, folded: number, lag: number): string[] {
  const share = (found + written) / flightCount;
  const seconds = Math.max(loadMs, 1) / 1000;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const rate = written > 0 ? `  ${grouped(written / seconds)} records/s  ${grouped(bytes / seconds / 1e6, 1)} MB/s` : "";
  return [
    `  produce  ${progressBar(share, BAR_WIDTH)} ${percent}  ${grouped(found + written)} flights${rate}`,
    `  streams  ${progressBar(lag === 0 ? 1 : folded / (folded + lag), BAR_WIDTH)}        ${grouped(folded)} through the topology, lag ${grouped(lag)}`,
  ];
}

function summary({ found, written }: LoadProgress, folded: number, tookMs: number): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  if (written === 0 && folded === 0)
    return `${grouped(found)} flights are there from an earlier run and every one is counted; nothing to do (${seconds}).\n\n`;
  if (written === 0)
    return `${grouped(found)} flights were there from an earlier run; the topology counted the ${grouped(folded)} that were left (${seconds}).\n\n`;
  const earlier = found > 0 ? `, after ${grouped(found)} of an earlier run` : "";
  return `${grouped(written)} flights produced${earlier}; ${grouped(folded)} folded by a streams topology, exactly once, in ${seconds}.\n\n`;
}

async function showResult({ admin, airportNames, partitionCount, out, env }: Demo, { app, url }: RunningDelays): Promise<void> {
  const style = textStyle(out, env);
  const delays = await readDelays(app);
  const ends = await admin.listOffsets(partitionsOf(FLIGHTS_TOPIC, partitionCount).map((partition) => ({ ...partition, spec: "latest" })));
  const sizes = ends.map(({ value }) => value?.offset ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const shares = sizes.map((size) => `${Math.round((size / Math.max(total, 1)) * 100)} %`).join(", ");
  out.write(renderDelays(delays, airportNames, style));
  const worst = await worstDay(app, new Set(rankedAirports(delays).map(({ airport }) => airport)));
  if (worst !== undefined)
    out.write(
      `\nWorst day: ${worst.airport} on ${worst.day}, ${Math.round(lateShare(worst.delays) * 100)} % of ${grouped(worst.delays.flights)} flights late.`,
    );
  out.write(
    `\n${delays.length} airports. Real keys are skewed: the ${partitionCount} partitions, keyed by airport, hold\n${shares} of the flights.\nAsk for more: curl ${url}/v1/stores/airport-delays/keys/ORD\n`,
  );
}

async function readLag(admin: Admin, partitionCount: number): Promise<number> {
  const partitions = partitionsOf(FLIGHTS_TOPIC, partitionCount);
  const [committed, ends] = await Promise.all([
    admin.listGroupOffsets(DELAYS_APPLICATION, partitions),
    admin.listOffsets(partitions.map((partition) => ({ ...partition, spec: "latest" }))),
  ]);
  const done = new Map(committed.map(({ partition, value }) => [partition, value?.offset ?? 0]));
  return ends.reduce((sum, { partition, value }) => sum + Math.max(0, (value?.offset ?? 0) - (done.get(partition) ?? 0)), 0);
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    signal.addEventListener("abort", finish);
    if (signal.aborted) finish();
  });
}
