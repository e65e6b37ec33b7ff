import { Socket } from "node:net";
import { decodeResponse, encodeRequest } from "@ottla/protocol";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { BATCH_OVERHEAD_BYTES, type Codec, codecById, codecIdOf, RecordBatchBuilder, recordCount } from "@ottla/protocol/records";
import type { Sending } from "../driver.ts";
import type { ProduceTask } from "../task.ts";

/** The last version that goes by names. */
const VERSION = 12;
const PARTITIONS = 4;
const BATCH_BYTES = 65_536;
const IN_FLIGHT = 5;
const SIZE_BYTES = 4;
/** What packing leaves of the payloads. */
const PACKED_TO = 0.55;
/** Different batches that are packed one after the other: a processor learns the same one by heart, and packs it in half of the time. */
const PACKED_IN_TURN = 64;
/** From the first payload of one to that of the next. */
const PAYLOADS_APART = 7;
const ACKS_ALL = -1;
const TIMEOUT_MS = 30_000;

/**
 * What no client can be faster than: a socket that writes the same request again and again, a full batch of each of four partitions, five on the way, and looks at nothing but the sizes of the answers.
 * Where batches are packed, each is packed anew, on the one thread there is, and what comes of it is thrown away: the request has it already.
 */
export function openBareProducer({ bootstrap, topic, compression }: ProduceTask, payloads: readonly Buffer[]): Promise<Sending> {
  const codec = codecById(codecIdOf(compression));
  const builders = Array.from({ length: codec === null ? PARTITIONS : PACKED_IN_TURN }, (_, i) =>
    fullBatch(payloads, i * PAYLOADS_APART, codec === null ? 1 : PACKED_TO),
  );
  // As they are before they are packed.
  const unpacked = builders.map((builder) => Buffer.from(builder.buffer.subarray(BATCH_OVERHEAD_BYTES, builder.sizeInBytes)));
  const batches = builders.slice(0, PARTITIONS).map((builder) => builder.close(compression));
  const topicData = [
    makeTopicProduceData({ name: topic, partitionData: batches.map((records, index) => makePartitionProduceData({ index, records })) }),
  ];
  const body = makeProduceRequest({ acks: ACKS_ALL, timeoutMs: TIMEOUT_MS, topicData });
  const request = Buffer.concat(encodeRequest(produceApi, VERSION, 0, "bare", body));
  const records = batches.reduce((sum, batch) => sum + recordCount(batch, 0), 0);
  const [host = "", port = ""] = bootstrap.split(":");
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    socket.once("error", reject);
    socket.connect({ host, port: Number(port) }, () => resolve(new BareSender(socket, request, records, codec, unpacked)));
  });
}

/** As many records as a batch of ours takes, whose limit is for packed bytes. */
function fullBatch(payloads: readonly Buffer[], from: number, compressionRatio: number): RecordBatchBuilder {
  const builder = new RecordBatchBuilder({ limitBytes: BATCH_BYTES, compressionRatio });
  for (let i = from; builder.append(null, payloads[i % payloads.length]!, [], Date.now()); i++);
  return builder;
}

class BareSender implements Sending {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #recordsEach: number;
  readonly #codec: Codec | null;
  readonly #unpacked: readonly Buffer[];
  #received: Buffer = Buffer.alloc(0);
  #isChecked = false;
  #packed = 0;
  #onAnswer: () => void = () => {};

  constructor(socket: Socket, request: Buffer, recordsEach: number, codec: Codec | null, unpacked: readonly Buffer[]) {
    this.#socket = socket;
    this.#request = request;
    this.#recordsEach = recordsEach;
    this.#codec = codec;
    this.#unpacked = unpacked;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
  }

  runUntil(deadlineMs: number): Promise<number> {
    return new Promise((resolve) => {
      let inFlight = 0;
      let answered = 0;
      const send = (): void => {
        inFlight++;
        if (this.#codec) for (let i = 0; i < PARTITIONS; i++) this.#codec.compress(this.#unpacked[this.#packed++ % PACKED_IN_TURN]!);
        this.#socket.write(this.#request);
      };
      this.#onAnswer = () => {
        inFlight--;
        answered++;
        if (performance.now() < deadlineMs) send();
        else if (inFlight === 0) resolve(answered * this.#recordsEach);
      };
      for (let i = 0; i < IN_FLIGHT; i++) send();
    });
  }

  close(): Promise<void> {
    this.#socket.destroy();
    return Promise.resolve();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + this.#received.readInt32BE(0);
      if (this.#received.length < end) return;
      if (!this.#isChecked) checkAnswer(this.#received.subarray(SIZE_BYTES, end));
      this.#isChecked = true;
      this.#received = this.#received.subarray(end);
      this.#onAnswer();
    }
  }
}

/** The first answer tells of all: each request is the same. */
function checkAnswer(frame: Buffer): void {
  for (const { partitionResponses } of decodeResponse(produceApi, VERSION, frame).responses)
    for (const { index, errorCode } of partitionResponses)
      if (errorCode !== 0) throw new Error(`The broker refused the batch of partition ${index} with error ${errorCode}.`);
}
