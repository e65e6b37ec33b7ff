/**
 * The limit that a broker in one Node process is held against: reads frames from a socket, checks each batch's CRC-32C, appends to one file, answers;
 * and reads that file back to a socket. It knows no topics, offsets or errors: only what cannot be left out. It sits on the same socket layer as the broker, which
 * receives into one shared buffer: a loop on Node's plain streams allocates for every chunk and is slower than the broker.
 */
import { closeSync, openSync, read as readFile, writeSync } from "node:fs";
import type { NetSocket } from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import { encodeResponse } from "@ottla/protocol";
import { fetchApi, makeFetchableTopicResponse, makeFetchResponse, makePartitionData } from "@ottla/protocol/apis/fetch";
import { makePartitionProduceResponse, makeProduceResponse, makeTopicProduceResponse, produceApi } from "@ottla/protocol/apis/produce";
import { crc32c } from "@ottla/protocol/records";
import { FrameSplitter } from "./frame-splitter.ts";
import { PRODUCE_VERSION } from "./produce-frame.ts";

/** The Fetch version of the raw reader. */
export const FETCH_VERSION = 11;
const PRODUCE_KEY = 0;
const BATCH_CRC = 17;
const BATCH_CRC_START = 21;

/** A bare loop that listens. */
export interface BareLoop {
  readonly port: number;
  close(): Promise<void>;
}

/** How the frames it will see are laid out; `fetchBytes` is a multiple of the batch size. */
export interface BareLoopOptions {
  readonly topic: string;
  readonly batchStart: number;
  readonly fetchBytes: number;
  readonly file: string;
}

/** Starts the loop on a free port. */
export async function startBareLoop(options: BareLoopOptions): Promise<BareLoop> {
  const file = openSync(options.file, "w+");
  const produceAnswer = Buffer.concat(
    encodeResponse(
      produceApi,
      PRODUCE_VERSION,
      1,
      makeProduceResponse({
        responses: [makeTopicProduceResponse({ name: options.topic, partitionResponses: [makePartitionProduceResponse({ index: 0 })] })],
      }),
    ),
  );
  const emptyRecords = Buffer.alloc(options.fetchBytes);
  const fetchAnswer = Buffer.concat(
    encodeResponse(
      fetchApi,
      FETCH_VERSION,
      1,
      makeFetchResponse({
        responses: [
          makeFetchableTopicResponse({
            topic: options.topic,
            partitions: [makePartitionData({ partitionIndex: 0, records: emptyRecords })],
          }),
        ],
      }),
    ),
  );
  const fetchPrefix = fetchAnswer.subarray(0, fetchAnswer.length - options.fetchBytes);
  const serve = (socket: NetSocket): void => {
    const splitter = new FrameSplitter();
    const buffers = [Buffer.allocUnsafe(options.fetchBytes), Buffer.allocUnsafe(options.fetchBytes)];
    let position = 0;
    let turn = 0;
    const answerFetch = (): void => {
      turn = 1 - turn;
      const buffer = buffers[turn] as Buffer;
      readFile(file, buffer, 0, buffer.length, position, (error, count) => {
        if (error !== null || count < buffer.length) return socket.destroy();
        position += count;
        socket.write([fetchPrefix, buffer]);
      });
    };
    const onData = (chunk: Buffer): void => {
      const batches: Buffer[] = [];
      splitter.push(chunk, (frame) => {
        if (frame.readInt16BE(4) !== PRODUCE_KEY) return answerFetch();
        const batch = frame.subarray(options.batchStart);
        if (crc32c(batch, BATCH_CRC_START) !== batch.readUInt32BE(BATCH_CRC)) return socket.destroy();
        batches.push(batch);
      });
      if (batches.length === 0) return;
      // One call each: for batches of this size a gathering write costs more than it saves.
      for (const batch of batches) writeSync(file, batch);
      socket.write(batches.map(() => produceAnswer));
    };
    socket.listen({ onData, onDrain: () => {}, onClose: () => {} }, { borrowsChunks: true });
  };
  const listener = await nodeNet.listen("127.0.0.1", 0, serve);
  return {
    port: listener.port,
    async close() {
      await listener.close();
      closeSync(file);
    },
  };
}
