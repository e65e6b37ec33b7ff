import { once } from "node:events";
import { connect } from "node:net";
import { decodeResponse, encodeRequest } from "@ottla/protocol";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { FrameSplitter } from "./frame-splitter.ts";
import { PRODUCE_VERSION } from "./produce-frame.ts";

/** A log of records with keys, each of which comes again and again. */
export interface KeyedLog {
  readonly bootstrap: string;
  readonly topic: string;
  readonly totalBytes: number;
  readonly keys: number;
  readonly recordBytes: number;
  readonly batchBytes: number;
}

const IN_FLIGHT = 16;

/** A request that produces one batch to partition 0. */
export function frameOf(topic: string, batch: Buffer): Buffer {
  const topicData = [makeTopicProduceData({ name: topic, partitionData: [makePartitionProduceData({ index: 0, records: batch })] })];
  const request = makeProduceRequest({ acks: 1, timeoutMs: 30_000, topicData });
  return Buffer.concat(encodeRequest(produceApi, PRODUCE_VERSION, 1, "bench", request));
}

/** Errors: an answer with an error code. */
export function checkProduced(answer: Buffer): void {
  const code = decodeResponse(produceApi, PRODUCE_VERSION, answer.subarray(4)).responses[0]?.partitionResponses[0]?.errorCode;
  if (code !== 0) throw new Error(`Produce was answered with error ${code}.`);
}

/** A connection; each answer comes as one frame. */
export async function connected(bootstrap: string, onAnswer: (answer: Buffer) => void) {
  const socket = connect({ host: "127.0.0.1", port: Number(bootstrap.split(":")[1]), noDelay: true });
  await once(socket, "connect");
  const splitter = new FrameSplitter();
  socket.on("data", (chunk) => splitter.push(chunk, onAnswer));
  return socket;
}

/** Writes the log to partition 0, keys in a seeded random order. Resolves with its size. */
export async function writeKeyedLog(log: KeyedLog): Promise<{ readonly bytes: number; readonly records: number }> {
  const value = Buffer.alloc(log.recordBytes);
  for (let i = 0; i < value.length; i++) value[i] = (i * 31) % 251;
  let state = 12345;
  const nextKey = (): Buffer => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Buffer.from(`key-${String(state % log.keys).padStart(9, "0")}`);
  };
  let bytes = 0;
  let records = 0;
  const nextFrame = (): Buffer => {
    const builder = new RecordBatchBuilder({ limitBytes: log.batchBytes });
    while (builder.append(nextKey(), value, [], Date.now()));
    records += builder.recordCount;
    const batch = builder.close("none");
    bytes += batch.length;
    return frameOf(log.topic, batch);
  };
  let sent = 0;
  let answered = 0;
  const whole = Promise.withResolvers<void>();
  const socket = await connected(log.bootstrap, (answer) => {
    try {
      checkProduced(answer);
    } catch (error) {
      whole.reject(error);
    }
    answered++;
    send();
  });
  const send = (): void => {
    while (sent - answered < IN_FLIGHT && bytes < log.totalBytes) {
      socket.write(nextFrame());
      sent++;
    }
    if (answered === sent) whole.resolve();
  };
  socket.once("close", () => whole.reject(new Error("The connection was closed.")));
  send();
  await whole.promise;
  socket.destroy();
  return { bytes, records };
}
