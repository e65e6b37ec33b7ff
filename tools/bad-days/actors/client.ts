import type { SeededRandom } from "@ottla/base/simulated";
import { type Api, ErrorCode } from "@ottla/protocol";
import { makeMetadataRequest, metadataApi } from "@ottla/protocol/apis/metadata";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import type { World } from "../world/world.ts";
import { Wire } from "./wire.ts";

const REQUEST_TIMEOUT_MS = 3000;

/** What every client does: connections, finding leaders, waiting. */
export class Client {
  readonly world: World;
  readonly name: string;
  readonly random: SeededRandom;
  readonly #wires = new Map<number, Wire>();
  /** Topic id and partition → node. */
  #leaders = new Map<string, number>();

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.random = world.fork();
  }

  note(what: string, ...details: readonly unknown[]): void {
    this.world.note(this.name, what, ...details);
  }

  /** Between some and three times as many ms. */
  async pause(ms: number): Promise<void> {
    await this.world.sleep(ms + this.random.nextInt(2 * ms));
  }

  get anyNode(): number {
    return this.random.pick(this.world.machine.nodeIds);
  }

  /** The answer; undefined where none came. */
  async call<Request, Response>(
    nodeId: number,
    api: Api<Request, Response>,
    version: number,
    request: Request,
    timeoutMs: number = REQUEST_TIMEOUT_MS,
  ): Promise<Response | undefined> {
    const wire = await this.wire(nodeId);
    return wire?.call(api, version, request, timeoutMs);
  }

  /** The connection to a node, opened when there is none. */
  async wire(nodeId: number): Promise<Wire | undefined> {
    const known = this.#wires.get(nodeId);
    if (known?.isOpen) return known;
    const { net, clock, machine } = this.world;
    const wire = await Wire.open(net, clock, machine.portOf(nodeId));
    if (wire) this.#wires.set(nodeId, wire);
    return wire;
  }

  disconnect(): void {
    for (const wire of this.#wires.values()) wire.close();
    this.#wires.clear();
  }

  /** Who leads, as far as is known; asks where it is not. */
  async leaderOf(topic: SimulatedTopic, partition: number): Promise<number | undefined> {
    const key = `${topic.topicId} ${partition}`;
    if (!this.#leaders.has(key)) await this.#learnLeaders();
    return this.#leaders.get(key);
  }

  forgetLeaders(): void {
    this.#leaders.clear();
  }

  /** Whether an answer carries a code that only a bug can give; if so it is a fault of the broker. */
  isBug(what: string, code: number): boolean {
    if (code !== ErrorCode.UNKNOWN_SERVER_ERROR) return false;
    this.world.fault(`${this.name}: ${what} was answered with UNKNOWN_SERVER_ERROR`);
    return true;
  }

  async #learnLeaders(): Promise<void> {
    const answer = await this.call(this.anyNode, metadataApi, 12, makeMetadataRequest({ topics: null }));
    if (!answer) return;
    this.#leaders = new Map(
      answer.topics.flatMap(({ topicId, partitions }) =>
        partitions
          .filter(({ leaderId }) => leaderId >= 0)
          .map(({ partitionIndex, leaderId }) => [`${topicId} ${partitionIndex}`, leaderId] as const),
      ),
    );
  }
}

/** Errors of which a client knows that nothing was stored. */
const NOTHING_DONE: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.INVALID_TXN_STATE,
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.MESSAGE_TOO_LARGE,
  ErrorCode.INVALID_RECORD,
]);

export function isNothingDone(code: number): boolean {
  return NOTHING_DONE.has(code);
}
