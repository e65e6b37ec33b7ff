/** The thread of {@link Probe}: one ApiVersions after the other on one connection, each wait written to the shared memory. */
import { connect } from "node:net";
import { workerData } from "node:worker_threads";
import { encodeRequest } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { PROBE_EVERY_MS, type ProbeMemory } from "./probe.ts";
import { mainThreadCpuMs, NodeDelays, scheduleDelayMs } from "./schedule-delay.ts";

const { host, port, brokerPid, counter, waitsMs } = workerData as ProbeMemory;
const request = Buffer.concat(encodeRequest(apiVersionsApi, 0, 1, "probe", makeApiVersionsRequest()));
const socket = connect(port, host);
socket.setNoDelay(true);
let received = Buffer.alloc(0);
let sentMs = 0;
const broker = new NodeDelays(brokerPid);
let brokerBefore: readonly number[] = [];
let selfBeforeMs = 0;
let brokerCpuBeforeMs = 0;

/**
 * How long the question waited, less what others on this machine took from the broker and from this thread. Such delays may overlap, and on a busy machine their sum
 * would hide a stall; so it is no less than what the broker itself worked meanwhile.
 */
function waitedMs(nowMs: number): number {
  const selfMs = scheduleDelayMs("self") - selfBeforeMs;
  const takenMs = NodeDelays.taken(brokerBefore, broker.read()) + selfMs;
  const workedMs = mainThreadCpuMs(brokerPid) - brokerCpuBeforeMs;
  return Math.max(0, nowMs - sentMs - takenMs, Math.min(nowMs - sentMs, workedMs) - selfMs);
}

function send(): void {
  brokerBefore = broker.read();
  selfBeforeMs = scheduleDelayMs("self");
  brokerCpuBeforeMs = mainThreadCpuMs(brokerPid);
  sentMs = performance.now();
  socket.write(request);
}

socket.on("connect", send);
socket.on("data", (chunk) => {
  received = Buffer.concat([received, chunk]);
  if (received.length < 4 || received.length < 4 + received.readInt32BE()) return;
  const nowMs = performance.now();
  received = Buffer.alloc(0);
  const at = Atomics.load(counter, 0);
  waitsMs[at % waitsMs.length] = waitedMs(nowMs);
  Atomics.add(counter, 0, 1);
  setTimeout(send, PROBE_EVERY_MS);
});
socket.on("error", () => process.exit(0));
socket.on("close", () => process.exit(0));
