/**
 * Looks for requests that keep all other clients waiting, and for ways to fill the broker's memory. Starts a broker of its own, sends each API its largest requests for each repeated
 * field, then bursts and hostile crowds, while a probe on another connection measures how long a small request waits. A case that keeps it waiting for longer than
 * 50 ms is repeated twice, and fails if it does so each time. Time that other programs had the processors is not counted.
 *
 *   npm run test:stalls [-- --all] [--api Metadata] [--crowds-only] [--crowd WORD] [--disk] [--registry WORD]
 *
 * `--disk`: the broker's files are on the disk, not in memory: some crowds need that. `--crowd`: only crowds whose name has that word. `--registry`: only requests to the Schema Registry whose name has that word ("" for all). `--all`: the oldest version beside the newest, larger crowds, and a line for every case.
 *
 * Status 1 when a case failed.
 */
import { parseArgs } from "node:util";
import { decodeResponse, encodeRequest } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { handlers } from "../../packages/broker/src/handlers/index.ts";
import { Wire } from "../sweep/wire.ts";
import { Attacker } from "./attacker.ts";
import { BrokerUnderTest } from "./broker-under-test.ts";
import type { Crowd } from "./crowd.ts";
import { crowds } from "./crowds.ts";
import { Probe } from "./probe.ts";
import { sweepRegistryDoor } from "./registry-door.ts";
import { sweepRegistry } from "./registry-stalls.ts";
import { type KnownNames, requestCases } from "./request-cases.ts";

const LONGEST_STALL_MS = 50;
const MOST_MEMORY_MIB = 512;
const ATTEMPTS = 3;
const ANSWER_TIMEOUT_MS = 30_000;
/** The beginning of how a crowd ended that did not do what it says. */
const NOT_WHOLE = "not whole";

const { values: options } = parseArgs({
  options: {
    all: { type: "boolean", default: false },
    api: { type: "string" },
    crowd: { type: "string" },
    "crowds-only": { type: "boolean", default: false },
    disk: { type: "boolean", default: false },
    registry: { type: "string" },
  },
});
const failures: string[] = [];
const startBroker = (): Promise<BrokerUnderTest> => BrokerUnderTest.start(options.disk ? "disk" : "memory", "--log-level", "error");
let broker = await startBroker();
let probe = new Probe(broker.host, broker.port, broker.pid);

async function restart(): Promise<void> {
  await probe.stop();
  await broker.stop();
  broker = await startBroker();
  probe = new Probe(broker.host, broker.port, broker.pid);
  await probe.settle();
}

/** What one case did to the others: the longest wait while `act` went on, and how it ended. */
async function measure(act: () => Promise<string>): Promise<{ longestMs: number; p99Ms: number; ended: string }> {
  await probe.settle();
  const from = probe.count;
  const ended = await act().catch((error: unknown) => `${NOT_WHOLE}, ${error instanceof Error ? error.message : String(error)}`);
  if (!(await probe.settle()))
    return { longestMs: Infinity, p99Ms: Infinity, ended: broker.isAlive ? "the probe waits for ever" : "the broker died" };
  return { ...probe.since(from), ended };
}

async function judge(name: string, act: () => Promise<string>): Promise<void> {
  let best = { longestMs: Infinity, p99Ms: Infinity, ended: "" };
  const slowMs: number[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && best.longestMs > LONGEST_STALL_MS; attempt++) {
    const one = await measure(act);
    if (one.longestMs < best.longestMs) best = one;
    if (one.longestMs > LONGEST_STALL_MS) slowMs.push(one.longestMs);
    if (!broker.isAlive) {
      failures.push(`${name}: the broker died. ${broker.errors.slice(-500)}`);
      return restart();
    }
  }
  const isGood = best.longestMs <= LONGEST_STALL_MS && best.ended !== "silent" && !best.ended.startsWith(NOT_WHOLE);
  const attempts = slowMs.map((ms) => ms.toFixed(0)).join(" and ");
  if (!isGood) failures.push(`${name}: ${attempts || best.longestMs.toFixed(0)} ms, ${best.ended}`);
  // A stall that a request makes comes each time; what came once has another cause, and is told so that nobody takes it for nothing.
  else if (slowMs.length > 0) console.log(`slow once: ${attempts} ms, then ${best.longestMs.toFixed(0)} ms  ${name}`);
  if (!isGood || options.all)
    console.log(`${isGood ? "ok    " : "FAILED"} ${best.longestMs.toFixed(1).padStart(7)} ms  ${name}: ${best.ended}`);
}

async function createTopic(): Promise<KnownNames> {
  const wire = await Wire.open(broker.host, broker.port);
  const topic = { topic: "stall-topic", partitions: 10 };
  const request = makeCreateTopicsRequest({
    topics: [makeCreatableTopic({ name: topic.topic, numPartitions: topic.partitions, replicationFactor: 1 })],
    timeoutMs: 10_000,
  });
  const answer = await wire.ask(encodeRequest(createTopicsApi, 7, 1, "stalls", request), ANSWER_TIMEOUT_MS);
  wire.close();
  if (answer.kind !== "frame") throw new Error("The topic could not be created.");
  return { ...topic, topicId: decodeResponse(createTopicsApi, 7, answer.frame).topics[0]!.topicId };
}

async function sweepRequests(): Promise<number> {
  let count = 0;
  const names = await createTopic();
  for (const handler of handlers) {
    if (!handler.api.name.startsWith(options.api ?? "")) continue;
    const versions = options.all ? [...new Set([handler.minVersion, handler.maxVersion])] : [handler.maxVersion];
    for (const version of versions) {
      for (const { name, frame } of await requestCases(handler, version, names)) {
        count++;
        await judge(`${name}, ${(frame.length / 1000).toFixed(0)} kB`, () => sendOne(frame));
      }
    }
  }
  return count;
}

async function sendOne(frame: Buffer): Promise<string> {
  const attacker = await Attacker.open(broker.host, broker.port);
  await attacker.send(frame, ANSWER_TIMEOUT_MS);
  const ended = await attacker.answers(1, ANSWER_TIMEOUT_MS);
  attacker.close();
  return ended;
}

async function runCrowd({ name, run }: Crowd): Promise<void> {
  await restart();
  await createTopic();
  const open = (): Promise<Attacker> => Attacker.open(broker.host, broker.port);
  await judge(name, () => run(open));
  const { highest } = broker.memoryMib;
  const isGood = highest <= MOST_MEMORY_MIB;
  if (!isGood) failures.push(`${name}: ${highest.toFixed(0)} MiB of memory`);
  console.log(`${isGood ? "ok    " : "FAILED"} ${highest.toFixed(0).padStart(6)} MiB  ${name}`);
}

await probe.settle();
const idleFrom = probe.count;
await new Promise((resolve) => setTimeout(resolve, options.all ? 2000 : 500));
const idle = probe.since(idleFrom);
console.log(`idle: longest wait ${idle.longestMs.toFixed(1)} ms, p99 ${idle.p99Ms.toFixed(1)} ms`);
const isBrokerSwept = options.registry === undefined;
const requests = options["crowds-only"] || options.crowd !== undefined || !isBrokerSwept ? 0 : await sweepRequests();
const word = options.crowd ?? "";
const hostile =
  options.api === undefined && isBrokerSwept
    ? crowds.filter(
        ({ isLong, needsDisk = false, name }) => name.includes(word) && (!isLong || options.all || word) && (!needsDisk || options.disk),
      )
    : [];
for (const crowd of hostile) await runCrowd(crowd);
await probe.stop();
await broker.stop();
const isRegistrySwept = options.api === undefined && options.crowd === undefined && !options["crowds-only"];
// The port's sweep is of the long form.
const sweeps = options.all || options.registry !== undefined ? [sweepRegistry, sweepRegistryDoor] : [sweepRegistry];
for (const sweep of isRegistrySwept ? sweeps : []) {
  const swept = await sweep({ word: options.registry ?? "", tellsAll: options.all });
  failures.push(...swept.failures);
  if (swept.count > 0)
    console.log(`${swept.count} requests to the registry${sweep === sweepRegistryDoor ? "'s port" : ""}: ${swept.failures.length} failed.`);
}
console.log(`${requests} large requests, ${hostile.length} crowds: ${failures.length} failed.`);
for (const failure of failures) console.log(`  ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
