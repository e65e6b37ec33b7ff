import { type Clock, type NetSocket, silentLogger } from "@ottla/base";
import { MemoryDisk, SeededRandom, SimulatedClock, SimulatedNet } from "@ottla/base/simulated";
import { openBroker, type ServingBroker } from "../broker.ts";
import { endpointFor } from "../metadata/endpoint-for.ts";
import { mustWaitForTurn } from "../produce/append-turns.ts";
import { batchBytesWaiting } from "../produce/produce-call.ts";
import { StormProducer } from "./storm-producer.ts";

const PARTITIONS = 3;
const PRODUCERS_MAX = 12;
const STEPS = 40;
/** A healthy broker has long answered all by then: nobody who waits for memory or for a stalled client waits so long. */
const CALM_MS = 25_000;

/** What one storm came to. */
export interface StormReport {
  readonly seed: number;
  /** What should not be; empty where all is well. */
  readonly faults: readonly string[];
  readonly batches: number;
  readonly connections: number;
  /** Connections that the broker closed. */
  readonly refused: number;
}

/**
 * Many producers on few partitions of one whole broker on a simulated net, under a small memory: connections close with requests in flight and the same batches come again, answers
 * are not read, requests stay half sent, and the process loses the processor at any look at the clock. Then all is calm, and everything must be answered, stored once, and given back.
 */
export async function produceStorm(seed: number): Promise<StormReport> {
  const random = new SeededRandom(seed);
  const clock = new SimulatedClock();
  const net = new SimulatedNet({ clock, latencyMs: 1, jitterMs: random.nextInt(4), random: new SeededRandom(seed ^ 1) });
  net.chunkBytesMax = [500, 4096, 65_536, 262_144][random.nextInt(4)]!;
  const deps = { clock: starved(clock, random), disk: new MemoryDisk(), net, random: new SeededRandom(seed ^ 2), logger: silentLogger };
  const settings = new Map(Object.entries(settingsFor(random)));
  const broker = await passing(clock, openBroker(deps, { dataDirectory: "/data", brokers: 1, settings }));
  try {
    return await storm(broker, { seed, random, clock, net });
  } finally {
    await passing(clock, broker.stop());
  }
}

interface Weather {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly clock: SimulatedClock;
  readonly net: SimulatedNet;
}

async function storm(broker: ServingBroker, { seed, random, clock, net }: Weather): Promise<StormReport> {
  await passing(clock, createTopic(broker));
  const { host, port } = endpointFor(broker.state.metadata.nodes[0], { listenerName: "PLAINTEXT", serverHost: "127.0.0.1" })!;
  const connect = (): Promise<NetSocket> => net.connect(host, port, 1000);
  const producers = Array.from(
    { length: 2 + random.nextInt(PRODUCERS_MAX - 1) },
    (_, i) => new StormProducer({ producerId: 1000 + i, partitions: PARTITIONS, random: new SeededRandom(seed * 100 + i), connect, clock }),
  );
  for (let step = 0; step < STEPS; step++) {
    for (const producer of producers) producer.act();
    await clock.advanceAsync(random.nextInt(10) === 0 ? random.nextInt(3000) : random.nextInt(12));
  }
  for (const producer of producers) producer.calmDown();
  for (let passedMs = 0; passedMs < CALM_MS && producers.some(({ isDone }) => !isDone); passedMs += 20) await clock.advanceAsync(20);
  const faults = producers.flatMap((producer) => producer.faults());
  for (const producer of producers) producer.close();
  await clock.advanceAsync(1000);
  faults.push(...leftIn(broker, producers));
  return {
    seed,
    faults,
    batches: producers.reduce((sum, { batches }) => sum + batches, 0),
    connections: producers.reduce((sum, { connections }) => sum + connections, 0),
    refused: producers.reduce((sum, { refused }) => sum + refused, 0),
  };
}

/** What is still held or waited for when everybody has gone, and what was stored twice or not at all. */
function leftIn({ state }: ServingBroker, producers: readonly StormProducer[]): string[] {
  const { heldBytes, waiterCount } = state.clientMemory;
  const faults: string[] = [];
  if (heldBytes !== 0 || waiterCount !== 0) faults.push(`${heldBytes} bytes of clients are held, ${waiterCount} wait for room`);
  if (batchBytesWaiting() !== 0) faults.push(`${batchBytesWaiting()} bytes of batches wait to be read`);
  for (let index = 0; index < PARTITIONS; index++) {
    const partition = state.partitions.get("t", index)!;
    if (mustWaitForTurn(partition)) faults.push(`an append to t-${index} waits for its turn`);
    const records = producers.reduce((sum, { recordsOf }) => sum + recordsOf[index]!, 0);
    if (partition.log.logEndOffset !== records) faults.push(`t-${index} ends at ${partition.log.logEndOffset} in place of ${records}`);
  }
  return faults;
}

/** Lets time pass until something is done, which may rest now and then. */
async function passing<Result>(clock: SimulatedClock, doing: Promise<Result>): Promise<Result> {
  let isDone = false;
  const done = doing.finally(() => {
    isDone = true;
  });
  for (let passedMs = 0; !isDone; passedMs++) {
    if (passedMs > 60_000) throw new Error("It was not done within a minute.");
    await clock.advanceAsync(1);
  }
  return done;
}

function createTopic({ state }: ServingBroker): Promise<unknown> {
  const replicas = Array.from({ length: PARTITIONS }, () => [state.metadata.nodes[0]!.nodeId]);
  const topicId = Buffer.alloc(16, 7).toString("base64url");
  return state.controller.change(() => [{ kind: "topic", name: "t", topicId, replicas, configs: {} }]);
}

function settingsFor(random: SeededRandom): Record<string, string> {
  const memoryBytes = [1, 2, 16, 192][random.nextInt(4)]! * 1024 * 1024;
  return {
    listeners: "PLAINTEXT://127.0.0.1:0",
    "ottla.client.memory.bytes": `${memoryBytes}`,
    ...(random.nextInt(3) === 0 && { "log.flush.interval.messages": "1" }),
  };
}

/** Time goes by whenever somebody looks at it: mostly a little, now and then as much as others take of a busy machine. */
function starved(clock: SimulatedClock, random: SeededRandom): Clock {
  const oneIn = [20, 200, 5000][random.nextInt(3)]!;
  let workedMs = 0;
  let turnMs = 0;
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs() + (workedMs += random.nextInt(oneIn) === 0 ? random.nextInt(60) : 0.01),
    schedule: (delayMs, run) => clock.schedule(delayMs, run),
    nextTurn: (run) => {
      // In their order, but clients come and go before the next one.
      turnMs = Math.max(turnMs, clock.monotonicMs() + (random.nextInt(4) === 0 ? random.nextInt(20) : 0));
      clock.schedule(turnMs - clock.monotonicMs(), run);
    },
  };
}
