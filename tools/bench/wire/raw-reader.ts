// A process that fetches one partition over one connection, one request at a time, and prints the rate as JSON.
import { once } from "node:events";
import { connect } from "node:net";
import { decodeResponse, encodeRequest } from "@ottla/protocol";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { FETCH_VERSION } from "./bare-loop.ts";
import { FrameSplitter } from "./frame-splitter.ts";

/** What the process is told, as JSON in its first argument. All batches of the partition are alike. */
export interface RawReaderTask {
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  readonly fromOffset: number;
  readonly totalBytes: number;
  readonly fetchBytes: number;
  readonly batchBytes: number;
  readonly recordsPerBatch: number;
}

/** What it prints. */
export interface RawReaderResult {
  readonly seconds: number;
  readonly megabytesPerSecond: number;
}

function fetchFrame(task: RawReaderTask, offset: number): Buffer {
  const partitions = [
    makeFetchPartition({
      partition: 0,
      fetchOffset: offset,
      currentLeaderEpoch: -1,
      logStartOffset: -1,
      partitionMaxBytes: task.fetchBytes,
    }),
  ];
  const topics = [makeFetchTopic({ topic: task.topic, partitions })];
  const request = makeFetchRequest({
    replicaId: -1,
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: 50 * 2 ** 20,
    sessionId: 0,
    sessionEpoch: -1,
    topics,
  });
  return Buffer.concat(encodeRequest(fetchApi, FETCH_VERSION, 1, "bench", request));
}

const task = JSON.parse(process.argv[2] ?? "{}") as RawReaderTask;
const socket = connect({ host: task.host, port: task.port, noDelay: true });
await once(socket, "connect");
const splitter = new FrameSplitter();
let offset = task.fromOffset;
let bytes = 0;
const startedAt = performance.now();
const done = new Promise<void>((resolve, reject) => {
  socket.once("error", reject);
  socket.once("close", () => reject(new Error(`The connection closed after ${bytes} bytes.`)));
  socket.on("data", (chunk) =>
    splitter.push(chunk, (frame) => {
      const partition = decodeResponse(fetchApi, FETCH_VERSION, frame.subarray(4)).responses[0]?.partitions[0];
      const records = partition?.records as Buffer | null | undefined;
      const batches = Math.floor((records?.length ?? 0) / task.batchBytes);
      if (partition?.errorCode !== 0 || batches === 0)
        return reject(new Error(`Fetch at offset ${offset} gave error ${partition?.errorCode} and ${records?.length} bytes.`));
      bytes += batches * task.batchBytes;
      offset += batches * task.recordsPerBatch;
      if (bytes >= task.totalBytes) resolve();
      else socket.write(fetchFrame(task, offset));
    }),
  );
});
socket.write(fetchFrame(task, offset));
await done;
const seconds = (performance.now() - startedAt) / 1_000;
const result: RawReaderResult = { seconds, megabytesPerSecond: bytes / 1e6 / seconds };
process.stdout.write(`${JSON.stringify(result)}\n`);
socket.destroy();
