/** The thread of {@link Probe}: one ApiVersions after the other on one connection, each wait written to the shared memory. */
import { connect } from "node:net";
import { workerData } from "node:worker_threads";
import { encodeRequest } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { PROBE_EVERY_MS, type ProbeMemory } from "./probe.ts";
import { NodeDelays, scheduleDelayMs } from "./schedule-delay.ts";

const { host, port, brokerPid, counter, waitsMs } = workerData as ProbeMemory;
const request = Buffer.concat(encodeRequest(apiVersionsApi, 0, 1, "probe", makeApiVersionsRequest()));
const socket = connect(port, host);
socket.setNoDelay(true);
let received = Buffer.alloc(0);
let sentMs = 0;
const broker = new NodeDelays(brokerPid);
let brokerBefore: readonly number[] = [];
let selfBeforeMs = 0;

/** What others on this machine took from the broker and from this thread since the question was sent. */
function takenByOthersMs(): number {
  return NodeDelays.taken(brokerBefore, broker.read()) + scheduleDelayMs("self") - selfBeforeMs;
}

function send(): void {
  brokerBefore = broker.read();
  selfBeforeMs = scheduleDelayMs("self");
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
  waitsMs[at % waitsMs.length] = Math.max(0, nowMs - sentMs - takenByOthersMs());
  Atomics.add(counter, 0, 1);
  setTimeout(send, PROBE_EVERY_MS);
});
socket.on("error", () => process.exit(0));
socket.on("close", () => process.exit(0));
