import type { Clock, NetSocket } from "@ottla/base";
import type { SeededRandom } from "@ottla/base/simulated";
import { decodeResponse, encodeRequest, ErrorCode } from "@ottla/protocol";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { ReceivedBytes } from "./received-bytes.ts";
import { sampleBatch } from "./sample-batches.ts";

const VERSION = 9;
const IN_FLIGHT_MAX = 5;
/** With three batches of six such values a request is less than any broker's memory for it. */
const VALUE_BYTES = [10, 100, 1000, 8000];
/** Some are read piece by piece. */
const PACKED_VALUE_BYTES = [10, 1000, 60_000];
const RECONNECT_AFTER_MS = 50;
/** What a producer may be told in a storm, and sends again for. */
const MAY_BE_TOLD: ReadonlySet<number> = new Set([
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
]);

interface Request {
  readonly id: number;
  readonly frame: Buffer;
}

export interface StormProducerOptions {
  readonly producerId: number;
  readonly partitions: number;
  readonly random: SeededRandom;
  readonly connect: () => Promise<NetSocket>;
  readonly clock: Clock;
}

/** An idempotent producer with five requests in flight, that loses its connection at any moment and then sends what was not answered again, under the same sequences. */
export class StormProducer {
  /** How many records it has made for each partition. */
  readonly recordsOf: number[];
  batches = 0;
  connections = 0;
  refused = 0;
  readonly #options: StormProducerOptions;
  readonly #sequences: number[];
  readonly #seen: string[] = [];
  /** Made and not answered, oldest first; the first `#sent` of them are in flight. */
  readonly #requests: Request[] = [];
  #sent = 0;
  #nextId = 0;
  #socket: NetSocket | undefined;
  #isConnecting = false;
  #isClosed = false;

  constructor(options: StormProducerOptions) {
    this.#options = options;
    this.recordsOf = Array.from({ length: options.partitions }, () => 0);
    this.#sequences = [...this.recordsOf];
  }

  get isDone(): boolean {
    return this.#requests.length === 0;
  }

  /** Does something, or nothing. */
  act(): void {
    const { random } = this.#options;
    if (this.#requests.length < IN_FLIGHT_MAX && random.nextInt(3) > 0) this.#make();
    this.#send();
    const socket = this.#socket;
    if (socket === undefined) return;
    const chance = random.nextInt(40);
    if (chance < 2) this.#lose();
    else if (chance === 2) {
      // Half a request, and then the end, or nothing for a while.
      const next = this.#requests[this.#sent];
      if (next === undefined) return;
      socket.write([next.frame.subarray(0, 1 + random.nextInt(next.frame.length - 1))]);
      if (random.nextInt(2) === 0) this.#lose();
      else this.#sent = Infinity;
    } else if (chance < 5) socket.pause();
    else if (chance < 10) socket.resume();
  }

  /** From now on it takes its answers, and keeps its connection if that is whole. */
  calmDown(): void {
    if (this.#sent === Infinity) this.#lose();
    this.#make();
    this.#socket?.resume();
    this.#send();
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.destroy();
  }

  faults(): string[] {
    const { producerId } = this.#options;
    if (this.#requests.length > 0) {
      const where = this.#socket === undefined ? "no connection" : "an open connection";
      this.#seen.push(`producer ${producerId}: ${this.#requests.length} requests are not answered (${this.#sent} sent) on ${where}`);
    }
    return this.#seen;
  }

  #make(): void {
    const { random, producerId, partitions } = this.#options;
    const first = random.nextInt(partitions);
    const partitionData = Array.from({ length: 1 + random.nextInt(partitions) }, (_, i) => {
      const index = (first + i) % partitions;
      const codec = random.nextInt(3) === 0 ? "lz4" : "none";
      const values = this.#values(codec === "lz4" ? PACKED_VALUE_BYTES : VALUE_BYTES);
      const producer = { id: producerId, epoch: 0, sequence: this.#sequences[index]! };
      const timestampMs = this.#options.clock.nowMs();
      const records = sampleBatch(
        values.map((value) => ({ value, timestampMs })),
        { producer, codec },
      );
      this.#sequences[index]! += values.length;
      this.recordsOf[index]! += values.length;
      this.batches++;
      return makePartitionProduceData({ index, records });
    });
    const id = this.#nextId++;
    const request = makeProduceRequest({ acks: -1, timeoutMs: 5000, topicData: [makeTopicProduceData({ name: "t", partitionData })] });
    this.#requests.push({ id, frame: Buffer.concat(encodeRequest(produceApi, VERSION, id, "storm", request)) });
  }

  #values(sizes: readonly number[]): string[] {
    const { random } = this.#options;
    const count = 1 + random.nextInt(6);
    const bytes = sizes[random.nextInt(sizes.length)]!;
    return Array.from({ length: count }, (_, i) => `${i}`.repeat(bytes));
  }

  #send(): void {
    if (this.#socket === undefined) return void this.#connect();
    for (; this.#sent < Math.min(this.#requests.length, IN_FLIGHT_MAX); this.#sent++)
      this.#socket.write([this.#requests[this.#sent]!.frame]);
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting || this.#isClosed || this.isDone) return;
    this.#isConnecting = true;
    const socket = await this.#options.connect();
    this.#isConnecting = false;
    if (this.#isClosed) return socket.destroy();
    this.connections++;
    this.#socket = socket;
    this.#sent = 0;
    const bytes = new ReceivedBytes();
    socket.listen({
      onData: (chunk) => {
        bytes.add(chunk);
        for (let frame = bytes.takeFrame(); frame !== undefined && this.#socket === socket; frame = bytes.takeFrame())
          this.#answered(frame);
      },
      onDrain() {},
      onClose: () => {
        if (this.#socket !== socket) return;
        this.refused++;
        this.#socket = undefined;
        this.#reconnect();
      },
    });
    this.#send();
  }

  /** The connection goes without a word, with all that is in flight. */
  #lose(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
    this.#reconnect();
  }

  #reconnect(): void {
    this.#options.clock.schedule(RECONNECT_AFTER_MS, () => this.#send());
  }

  #answered(frame: Buffer): void {
    const request = this.#requests[0];
    const id = frame.readInt32BE(0);
    if (id !== request?.id) return void this.#seen.push(`the answer to ${id} came in place of that to ${request?.id}`);
    const { responses } = decodeResponse(produceApi, VERSION, frame);
    const codes = responses.flatMap(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode));
    const bad = codes.filter((code) => code !== ErrorCode.NONE);
    const wrong = bad.find((code) => !MAY_BE_TOLD.has(code));
    if (wrong !== undefined) {
      this.#seen.push(`request ${id} was refused with ${wrong}`);
      this.#isClosed = true;
    }
    if (bad.length > 0) return this.#lose();
    this.#requests.shift();
    this.#sent--;
    this.#send();
  }
}
