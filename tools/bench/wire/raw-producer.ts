// A process that sends the same encoded Produce request again and again over N connections, some in flight on each, and prints the rate as JSON.
import { once } from "node:events";
import { connect } from "node:net";
import { decodeResponse } from "@ottla/protocol";
import { produceApi } from "@ottla/protocol/apis/produce";
import { FrameSplitter } from "./frame-splitter.ts";
import { makeProduceFrame, PRODUCE_VERSION } from "./produce-frame.ts";

/** What the process is told, as JSON in its first argument. */
export interface RawProducerTask {
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  /** Connection i writes to partition i modulo this. */
  readonly partitions: number;
  readonly batchBytes: number;
  readonly recordBytes: number;
  readonly totalBytes: number;
  readonly connections: number;
  readonly inFlight: number;
}

/** What it prints. */
export interface RawProducerResult {
  readonly seconds: number;
  readonly megabytesPerSecond: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly batchBytes: number;
  readonly recordsPerBatch: number;
}

async function runConnection(task: RawProducerTask, index: number, frames: number, latencies: number[]): Promise<void> {
  const { frame } = makeProduceFrame(task.topic, index % task.partitions, task.batchBytes, task.recordBytes);
  const socket = connect({ host: task.host, port: task.port, noDelay: true });
  await once(socket, "connect");
  const splitter = new FrameSplitter();
  const sentAt: number[] = [];
  let sent = 0;
  let answered = 0;
  const send = (): void => {
    while (sent < frames && sent - answered < task.inFlight) {
      sentAt.push(performance.now());
      socket.write(frame);
      sent += 1;
    }
  };
  const done = new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`The connection closed after ${answered} of ${frames} answers.`)));
    socket.on("data", (chunk) => {
      socket.cork();
      splitter.push(chunk, (answer) => {
        if (answered === 0) checkAnswer(answer);
        latencies.push(performance.now() - (sentAt[answered] ?? 0));
        answered += 1;
      });
      if (answered === frames) resolve();
      else send();
      socket.uncork();
    });
  });
  send();
  await done;
  socket.destroy();
}

function checkAnswer(answer: Buffer): void {
  const response = decodeResponse(produceApi, PRODUCE_VERSION, answer.subarray(4));
  const errorCode = response.responses[0]?.partitionResponses[0]?.errorCode;
  if (errorCode !== 0) throw new Error(`Produce was answered with error ${errorCode}.`);
}

const task = JSON.parse(process.argv[2] ?? "{}") as RawProducerTask;
const { batchBytes, recordsPerBatch } = makeProduceFrame(task.topic, 0, task.batchBytes, task.recordBytes);
const framesEach = Math.max(1, Math.ceil(task.totalBytes / batchBytes / task.connections));
const latencies: number[] = [];
const startedAt = performance.now();
await Promise.all(Array.from({ length: task.connections }, (_, index) => runConnection(task, index, framesEach, latencies)));
const seconds = (performance.now() - startedAt) / 1_000;
latencies.sort((a, b) => a - b);
const result: RawProducerResult = {
  seconds,
  megabytesPerSecond: (framesEach * task.connections * batchBytes) / 1e6 / seconds,
  requestsPerSecond: (framesEach * task.connections) / seconds,
  p50Ms: latencies[latencies.length >> 1] ?? 0,
  p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  batchBytes,
  recordsPerBatch,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
