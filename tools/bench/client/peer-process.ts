// One task of one client in a process of its own: `peer-process.ts CLIENT TASK [CLIENT_MODULE]`, both as JSON; prints the result as JSON.
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { PeerDriver } from "./driver.ts";
import { Meter } from "./meter.ts";
import { readPayloads } from "./payloads.ts";
import type { LatencyTask, PeerResult, PeerTask, ProduceTask, TransactionsTask } from "./task.ts";

type Measured = Pick<PeerResult, "count" | "seconds" | "cpuSeconds" | "p50Ms" | "p99Ms" | "firstMs">;

const PRODUCE_WARM_UP_MS = 1000;
const TRANSACTIONS_WARM_UP_MS = 2000;
/** Until then code is still being compiled, which the slowest hundredth would tell of. As in Java's program. */
const LATENCY_WARM_UP = 5000;

async function loadDriver(name: string, clientModule: string | undefined): Promise<PeerDriver> {
  switch (name) {
    case "kafkajs":
      return (await import("./drivers/kafkajs.ts")).kafkajsDriver;
    case "platformatic":
      return (await import("./drivers/platformatic.ts")).platformaticDriver;
    case "bare":
      return (await import("./drivers/bare.ts")).bareDriver;
    case "confluent":
      return (await import("./drivers/confluent.ts")).confluentDriver;
    default: {
      const { makeOttlaDriver } = await import("./drivers/ottla.ts");
      const { createClient } = (await import(clientModule ?? "@ottla/client")) as typeof import("@ottla/client");
      return makeOttlaDriver(createClient);
    }
  }
}

/** Runs `work` with the clock and the processor's time of this process. */
async function timed(work: () => Promise<number>): Promise<Measured> {
  const beginCpu = process.cpuUsage();
  const beginMs = performance.now();
  const count = await work();
  const { user, system } = process.cpuUsage(beginCpu);
  return { count, seconds: (performance.now() - beginMs) / 1000, cpuSeconds: (user + system) / 1e6 };
}

async function produce(driver: PeerDriver, task: ProduceTask): Promise<Measured> {
  const sending = await driver.openProducer(task, readPayloads(task.payloadFile, task.payloadBytes));
  await sending.runUntil(performance.now() + PRODUCE_WARM_UP_MS);
  const measured = await timed(() => sending.runUntil(performance.now() + task.seconds * 1000));
  await sending.close();
  return measured;
}

async function measureLatency(driver: PeerDriver, task: LatencyTask): Promise<Measured> {
  const payloads = readPayloads(task.payloadFile, task.payloadBytes);
  const openedMs = performance.now();
  const pinging = await driver.openPinger(task);
  await pinging.ping(payloads[0]!);
  const firstMs = performance.now() - openedMs;
  const timesMs = new Float64Array(task.records);
  const run = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) {
      const beginMs = performance.now();
      await pinging.ping(payloads[i % payloads.length]!);
      timesMs[i] = performance.now() - beginMs;
    }
    return count;
  };
  await run(Math.min(LATENCY_WARM_UP, task.records));
  const measured = await timed(() => run(task.records));
  await pinging.close();
  timesMs.sort();
  return { ...measured, p50Ms: timesMs[task.records >> 1]!, p99Ms: timesMs[Math.floor(task.records * 0.99)]!, firstMs };
}

async function transact(driver: PeerDriver, task: TransactionsTask): Promise<Measured> {
  const payloads = readPayloads(task.payloadFile, task.payloadBytes);
  const records = Array.from({ length: task.recordsPerTransaction }, (_, i) => payloads[i % payloads.length]!);
  const transacting = await driver.openTransactions(task);
  const run = async (forMs: number): Promise<number> => {
    const deadlineMs = performance.now() + forMs;
    let count = 0;
    for (; performance.now() < deadlineMs; count++) await transacting.transact(records);
    return count;
  };
  await run(TRANSACTIONS_WARM_UP_MS);
  const measured = await timed(() => run(task.seconds * 1000));
  await transacting.close();
  return measured;
}

async function count(driver: PeerDriver, task: Extract<PeerTask, { kind: "consume" | "handle" }>): Promise<Measured> {
  const meter = new Meter(task.warmUpRecords, task.records, task.secondsMax, () => loopDelay.reset());
  if (task.kind === "consume") await driver.consume(task, meter);
  else await driver.handle!(task, meter);
  return meter.result();
}

function run(driver: PeerDriver, task: PeerTask): Promise<Measured> {
  switch (task.kind) {
    case "produce":
      return produce(driver, task);
    case "latency":
      return measureLatency(driver, task);
    case "transactions":
      return transact(driver, task);
    case "consume":
    case "handle":
      return count(driver, task);
  }
}

const [name = "", taskText = "", clientModule] = process.argv.slice(2);
const driver = await loadDriver(name, clientModule);
const loopDelay = monitorEventLoopDelay({ resolution: 1 });
loopDelay.enable();
const measured = await run(driver, JSON.parse(taskText) as PeerTask);
const peakKiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
const result: PeerResult = { ...measured, peakResidentBytes: peakKiB * 1024, loopDelayP99Ms: loopDelay.percentile(99) / 1e6 };
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
