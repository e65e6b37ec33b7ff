import { Socket } from "node:net";
import { decodeResponse, encodeRequest } from "@ottla/protocol";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { recordCount, sizeInBytes } from "@ottla/protocol/records";
import type { PeerDriver } from "../driver.ts";
import type { Meter } from "../meter.ts";
import type { ConsumeTask } from "../task.ts";
import { openBareProducer } from "./bare-sending.ts";

/** The last version that goes by names. */
const VERSION = 12;
const READ_BYTES = 256 * 1024;
const PARTITION_BYTES = 1024 * 1024;
const PARTITIONS = 4;
const CONNECTIONS = 2;
const SIZE_BYTES = 4;

/**
 * What no client can be faster than: sockets that take the same answers of the same broker, a MiB of each of four partitions, into one buffer and look at nothing but their sizes. Two connections
 * with two partitions each, as ours when much is to be read. Each asks for the same offset again and again.
 */
async function consumeBare({ bootstrap, topic }: ConsumeTask, meter: Meter): Promise<void> {
  const readers = Array.from({ length: CONNECTIONS }, (_, i) => new BareReader(bootstrap, topic, i));
  await new Promise<void>((resolve, reject) => {
    for (const reader of readers)
      reader.start((records) => {
        if (meter.add(records)) resolve();
      }, reject);
  });
  for (const reader of readers) reader.stop();
}

class BareReader {
  readonly #socket = new Socket({
    onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: (bytes: number, chunk: Uint8Array) => this.#take(bytes, chunk) },
  });
  readonly #request: Buffer;
  readonly #address: { readonly host: string; readonly port: number };
  /** The first answer is kept, to count what is in it. */
  #first: Buffer[] | undefined = [];
  /** Of each answer: the log does not change meanwhile. */
  #frameBytes = -1;
  #seenBytes = 0;
  #records = 0;
  #onAnswer: (records: number) => void = () => {};

  constructor(bootstrap: string, topic: string, index: number) {
    const [host = "", port = ""] = bootstrap.split(":");
    this.#address = { host, port: Number(port) };
    const each = PARTITIONS / CONNECTIONS;
    const partitions = Array.from({ length: each }, (_, i) =>
      makeFetchPartition({ partition: index * each + i, fetchOffset: 0, partitionMaxBytes: PARTITION_BYTES }),
    );
    const body = makeFetchRequest({
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: PARTITIONS * PARTITION_BYTES,
      sessionEpoch: -1,
      topics: [makeFetchTopic({ topic, partitions })],
    });
    this.#request = Buffer.concat(encodeRequest(fetchApi, VERSION, index, "bare", body));
  }

  start(onAnswer: (records: number) => void, onError: (error: Error) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.once("error", onError);
    this.#socket.connect(this.#address, () => this.#socket.write(this.#request));
  }

  stop(): void {
    this.#socket.destroy();
  }

  #take(bytes: number, chunk: Uint8Array): boolean {
    this.#first?.push(Buffer.from(chunk.subarray(0, bytes)));
    this.#seenBytes += bytes;
    if (this.#frameBytes < 0 && this.#seenBytes >= SIZE_BYTES) this.#frameBytes = SIZE_BYTES + Buffer.concat(this.#first!).readInt32BE(0);
    if (this.#frameBytes < 0 || this.#seenBytes < this.#frameBytes) return true;
    if (this.#first) this.#records = countRecords(Buffer.concat(this.#first).subarray(SIZE_BYTES));
    this.#first = undefined;
    this.#seenBytes -= this.#frameBytes;
    this.#socket.write(this.#request);
    this.#onAnswer(this.#records);
    return true;
  }
}

function countRecords(frame: Buffer): number {
  let count = 0;
  const { responses } = decodeResponse(fetchApi, VERSION, frame);
  for (const { partitions } of responses)
    for (const { records } of partitions) {
      const bytes = records as Buffer;
      for (let at = 0; at + 12 <= bytes.length && at + sizeInBytes(bytes, at) <= bytes.length; at += sizeInBytes(bytes, at))
        count += recordCount(bytes, at);
    }
  return count;
}

const noClient = (): Promise<never> => Promise.reject(new Error("Bare sockets only read and write."));

export const bareDriver: PeerDriver = {
  consume: consumeBare,
  openProducer: openBareProducer,
  openPinger: noClient,
  openTransactions: noClient,
};
