/**
 * Looks for bytes at the Schema Registry's port that keep its loop busy for longer than 50 ms: bodies in tiny pieces, requests sent ahead, objects of very many names. As in `registry-stalls.ts` in ms of
 * processor time of its thread; who sends is another thread. The first attempt is of code that never ran, so that the best of three counts.
 *
 *   npm run test:stalls -- --registry door
 */
import { Worker } from "node:worker_threads";
import { OpenPort } from "@ottla/base/node";
import { MemoryLog, Registry } from "@ottla/registry";
import { serveRegistry } from "@ottla/registry/service";
import { loadFormats } from "@ottla/registry/formats";
import type { DoorAttack } from "./door-attacker.ts";
import { longestTurn } from "./turns.ts";

const LONGEST_STALL_MS = 50;
const ATTEMPTS = 3;
const CRLF = "\r\n";

interface DoorCase {
  readonly name: string;
  readonly connections?: number;
  /** What each connection sends, piece by piece. */
  readonly pieces: () => readonly string[];
}

const head = (line: string, ...headers: readonly string[]): string =>
  [line, "Host: registry", "Content-Type: application/json", ...headers, "", ""].join(CRLF);
const sized = (path: string, body: string): string => head(`POST ${path} HTTP/1.1`, `Content-Length: ${Buffer.byteLength(body)}`) + body;
const last = head("GET /subjects HTTP/1.1", "Connection: close");
const chunked = (path: string): string => head(`POST ${path} HTTP/1.1`, "Transfer-Encoding: chunked");
const metadata = (names: number): string =>
  JSON.stringify({
    schema: '"int"',
    metadata: { properties: Object.fromEntries(Array.from({ length: names }, (_each, at) => [`name${at}`, "x"])) },
  });

const cases: readonly DoorCase[] = [
  { name: "a body in 20,000 chunks of one byte", pieces: () => [chunked("/subjects/a/versions") + `1${CRLF}x${CRLF}`.repeat(20_000)] },
  {
    name: "bodies in 20,000 chunks of one byte on 4 connections",
    connections: 4,
    pieces: () => [chunked("/subjects/a/versions") + `1${CRLF}x${CRLF}`.repeat(20_000)],
  },
  {
    name: "bodies in 20,000 chunks of one byte on 40 connections",
    connections: 40,
    pieces: () => [chunked("/subjects/a/versions") + `1${CRLF}x${CRLF}`.repeat(20_000)],
  },
  {
    name: "bodies in 1,000 chunks of one byte, 90 of them ahead",
    pieces: () => [(chunked("/subjects/a/versions") + `1${CRLF}x${CRLF}`.repeat(1_000) + `0${CRLF}${CRLF}`).repeat(90) + last],
  },
  {
    name: "a body sent byte by byte",
    pieces: () => [...Array.from(sized("/subjects/b/versions", `{"schema":"\\"int\\""${" ".repeat(4_000)}}`)), last],
  },
  { name: "99 GETs ahead", pieces: () => [head("GET /subjects HTTP/1.1").repeat(98) + last] },
  { name: "10,000 GETs ahead on 20 connections", connections: 20, pieces: () => [head("GET /subjects HTTP/1.1").repeat(10_000)] },
  { name: "20 GETs ahead on 500 connections", connections: 500, pieces: () => [head("GET /subjects HTTP/1.1").repeat(19) + last] },
  {
    name: "99 registrations ahead",
    pieces: () => [Array.from({ length: 98 }, (_each, at) => sized(`/subjects/c${at}/versions`, `{"schema":"\\"int\\""}`)).join("") + last],
  },
  { name: "98 objects of 4,000 names ahead", pieces: () => [sized("/subjects/d/versions", metadata(4_000)).repeat(98) + last] },
  { name: "an object of 90,000 names", pieces: () => [sized("/subjects/e/versions", metadata(60_000)) + last] },
  {
    name: "90,000 bare names",
    pieces: () => [sized("/subjects/e/versions", `{${Array.from({ length: 90_000 }, (_each, at) => `"${at}":1`).join(",")}}`) + last],
  },
  { name: "10,000 headers", pieces: () => [head("GET /subjects HTTP/1.1", ...Array.from({ length: 10_000 }, (_each, at) => `x${at}: 1`))] },
];

/** Resolves with what failed. */
export async function sweepRegistryDoor({
  word,
  tellsAll,
}: {
  readonly word: string;
  readonly tellsAll: boolean;
}): Promise<{ readonly count: number; readonly failures: readonly string[] }> {
  const failures: string[] = [];
  const chosen = cases.filter(({ name }) => `door, ${name}`.includes(word));
  if (chosen.length === 0) return { count: 0, failures };
  const registry = await Registry.start({ log: new MemoryLog(), formats: await loadFormats() });
  const port = await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 });
  const server = await serveRegistry({ registry, port });
  for (const each of chosen) {
    let best = { longestMs: Infinity, told: "" };
    for (let attempt = 0; attempt < ATTEMPTS && best.longestMs > LONGEST_STALL_MS; attempt++) {
      let told = "";
      const attack = await readyAttack(Number(new URL(server.url).port), each);
      const { longestMs, cpuMs } = await longestTurn(async () => {
        told = await attack();
      });
      if (longestMs < best.longestMs) best = { longestMs, told: `${told}, ${cpuMs.toFixed(0)} ms in all` };
    }
    const isGood = best.longestMs <= LONGEST_STALL_MS;
    if (!isGood) failures.push(`door, ${each.name}: ${best.longestMs.toFixed(0)} ms (${best.told})`);
    if (!isGood || tellsAll)
      console.log(`${isGood ? "ok    " : "FAILED"} ${best.longestMs.toFixed(1).padStart(7)} ms  door, ${each.name}: ${best.told}`);
  }
  await server.close();
  await registry.stop();
  return { count: chosen.length, failures };
}

/** Stands ready in a thread of its own; called, it goes on until the server has closed all connections, and tells which statuses came how often. */
async function readyAttack(port: number, { connections = 1, pieces }: DoorCase): Promise<() => Promise<string>> {
  const workerData: DoorAttack = { port, connections, pieces: pieces() };
  const worker = new Worker(new URL("door-attacker.ts", import.meta.url), { workerData });
  const told = (): Promise<string> =>
    new Promise((resolve, reject) => {
      worker.once("message", resolve).once("error", reject);
    });
  await told();
  return () => {
    const answer = told();
    worker.postMessage("go");
    return answer;
  };
}
