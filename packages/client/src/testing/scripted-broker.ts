import { ByteReader, type NetListener, type NetSocket } from "@ottla/base";
import type { SimulatedNet } from "@ottla/base/simulated";
import { type Api, apiTable, encodeResponse, NIL_UUID, readRequestHeader } from "@ottla/protocol";
import { type ApiVersion, apiVersionsApi, makeApiVersion, makeApiVersionsResponse } from "@ottla/protocol/apis/api-versions";
import {
  makeMetadataResponse,
  makeMetadataResponseBroker,
  makeMetadataResponsePartition,
  makeMetadataResponseTopic,
  metadataApi,
} from "@ottla/protocol/apis/metadata";
import { ResponseAssembler } from "../net/response-assembler.ts";

export const HOST = "127.0.0.1";

/** What a handler does in place of answering. */
export const SILENCE: unique symbol = Symbol("no answer");
export const HANG_UP: unique symbol = Symbol("close the connection");

type Answer<Response> = Response | RawAnswer | typeof SILENCE | typeof HANG_UP;

/** Gives another answer in place of one; undefined: that one. */
export type Distortion = (api: Api<unknown, unknown>, answer: unknown, version: number) => unknown;

interface Script {
  readonly api: Api<unknown, unknown>;
  readonly maxVersion: number;
  /** An {@link Answer}, or a promise of one. */
  readonly handle: (request: unknown, version: number) => unknown;
}

export interface SeenRequest {
  readonly key: number;
  readonly version: number;
  readonly request: unknown;
}

/** A broker on the simulated net that says what the test tells it to say. It keeps a log of what it was asked. */
export class ScriptedBroker {
  readonly nodeId: number;
  readonly port: number;
  readonly seen: SeenRequest[] = [];
  readonly #scripts = new Map<number, Script>();
  readonly #muted: ApiVersion[] = [];
  #isSilent = false;
  #distort: Distortion | undefined;
  #answersLeft = Infinity;
  readonly #held: (() => void)[] = [];
  #listener: NetListener | undefined;

  private constructor(nodeId: number, port: number) {
    this.nodeId = nodeId;
    this.port = port;
  }

  static async start(net: SimulatedNet, nodeId = 1, port = 9092 + nodeId): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(nodeId, port);
    broker.on(apiVersionsApi, () => broker.versions());
    await broker.comeBack(net);
    return broker;
  }

  /** Accepts no connection any more and breaks those that are open, on the whole net. */
  async goAway(net: SimulatedNet): Promise<void> {
    await this.#listener?.close();
    net.resetAll();
  }

  /** Accepts connections, again. */
  async comeBack(net: SimulatedNet): Promise<void> {
    this.#listener = await net.listen(HOST, this.port, (socket) => this.#accept(socket));
  }

  get bootstrap(): string {
    return `${HOST}:${this.port}`;
  }

  /** Says how an API is answered, up to a version. Replaces what was said before. */
  on<Request, Response>(
    api: Api<Request, Response>,
    handle: (request: Request, version: number) => Answer<Response> | Promise<Answer<Response>>,
    maxVersion: number = api.maxVersion,
  ): void {
    this.#scripts.set(api.key, { api, maxVersion, handle: handle as Script["handle"] });
  }

  /** Takes connections and requests, and answers nothing from now on. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Answers so many more requests and then none, until {@link resume}. */
  pauseAfter(answers: number): void {
    this.#answersLeft = answers;
  }

  /** Requests that it has and does not answer. */
  get heldCount(): number {
    return this.#held.length;
  }

  /** Answers what came meanwhile, and all that comes. */
  resume(): void {
    this.#answersLeft = Infinity;
    for (const go of this.#held.splice(0)) go();
  }

  /** What an answer becomes on its way out. An answer that the codec cannot write goes out as it was. */
  distort(how: Distortion | undefined): void {
    this.#distort = how;
  }

  /** Claims every API of the protocol and keeps silent on those that nothing is said of. */
  muteTheRest(): void {
    for (const { key, minVersion, maxVersion } of apiTable) this.#muted.push(makeApiVersion({ apiKey: key, minVersion, maxVersion }));
  }

  versions(): ReturnType<typeof makeApiVersionsResponse> {
    const apiKeys = [...this.#scripts.values()].map(({ api, maxVersion }) =>
      makeApiVersion({ apiKey: api.key, minVersion: api.minVersion, maxVersion }),
    );
    return makeApiVersionsResponse({ apiKeys: [...apiKeys, ...this.#muted.filter(({ apiKey }) => !this.#scripts.has(apiKey))] });
  }

  /** Answers Metadata as a cluster of the given brokers whose topics they lead in turn. `epochs`: leader epoch per topic. */
  serveMetadata(
    topics: () => Readonly<Record<string, readonly number[]>>,
    brokers: readonly ScriptedBroker[] = [this],
    describe: { readonly epoch?: () => number; readonly topicId?: () => string } = {},
  ): void {
    this.on(metadataApi, () =>
      makeMetadataResponse({
        clusterId: "scripted",
        controllerId: brokers[0]!.nodeId,
        brokers: brokers.map(({ nodeId, port }) => makeMetadataResponseBroker({ nodeId, host: HOST, port })),
        topics: Object.entries(topics()).map(([name, leaders]) =>
          makeMetadataResponseTopic({
            name,
            topicId: describe.topicId?.() ?? NIL_UUID,
            partitions: leaders.map((leaderId, partitionIndex) =>
              makeMetadataResponsePartition({
                partitionIndex,
                leaderId,
                leaderEpoch: describe.epoch?.() ?? 0,
                replicaNodes: [leaderId],
                isrNodes: [leaderId],
              }),
            ),
          }),
        ),
      }),
    );
  }

  /** The requests of one API, in order. */
  requestsOf<Request>(api: Api<Request, unknown>): Request[] {
    return this.seen.filter((each) => each.key === api.key).map((each) => each.request as Request);
  }

  #accept(socket: NetSocket): void {
    const assembler = new ResponseAssembler(64 * 1024 * 1024);
    let turn: Promise<void> = Promise.resolve();
    socket.listen({
      onData: (chunk) =>
        assembler.push(chunk, (frame) => {
          turn = turn.then(() => this.#answer(socket, frame)).catch((error: unknown) => this.#onFault(socket, error));
        }),
      onDrain: () => {},
      onClose: () => {},
    });
  }

  /** Who was told nonsense may ask for it. */
  #onFault(socket: NetSocket, error: unknown): void {
    if (this.#distort === undefined) throw error;
    socket.destroy();
  }

  async #answer(socket: NetSocket, frame: Buffer): Promise<void> {
    const reader = new ByteReader(frame);
    const { apiKey, apiVersion, correlationId } = readRequestHeader(reader);
    if (this.#answersLeft === 0) await new Promise<void>((resolve) => this.#held.push(resolve));
    else this.#answersLeft--;
    const script = this.#scripts.get(apiKey);
    if (this.#isSilent || (script === undefined && this.#muted.some((each) => each.apiKey === apiKey))) {
      this.seen.push({ key: apiKey, version: apiVersion, request: undefined });
      return;
    }
    if (script === undefined) return socket.destroy();
    const request = script.api.readRequest(reader, apiVersion);
    this.seen.push({ key: apiKey, version: apiVersion, request });
    const answer = await script.handle(request, apiVersion);
    if (answer === SILENCE) return;
    if (answer === HANG_UP) return socket.destroy();
    if (answer instanceof RawAnswer) {
      socket.write(answer.bytesFor(correlationId));
      return;
    }
    const distorted = this.#distort?.(script.api, answer, apiVersion) ?? answer;
    if (distorted instanceof RawAnswer) return void socket.write(distorted.bytesFor(correlationId));
    socket.write(bytesOf(script.api, apiVersion, correlationId, [distorted, answer]));
  }
}

/** The first of these answers that the codec can write. */
function bytesOf(
  api: Api<unknown, unknown>,
  version: number,
  correlationId: number,
  [answer, otherwise]: readonly [unknown, unknown],
): Buffer[] {
  try {
    return encodeResponse(api, version, correlationId, answer);
  } catch (error) {
    if (answer === otherwise) throw error;
    return encodeResponse(api, version, correlationId, otherwise);
  }
}

/** Bytes in place of an answer that the codec could write. */
export class RawAnswer {
  readonly bytesFor: (correlationId: number) => Buffer[];

  constructor(bytesFor: (correlationId: number) => Buffer[]) {
    this.bytesFor = bytesFor;
  }
}
