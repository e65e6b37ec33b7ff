import type { Timer } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import {
  makePartitionData as makeAcknowledged,
  makeShareAcknowledgeResponse,
  makeShareAcknowledgeTopicResponse,
  shareAcknowledgeApi,
} from "@ottla/protocol/apis/share-acknowledge";
import {
  type AcknowledgementBatch,
  makeAcquiredRecords,
  makePartitionData,
  makeShareFetchableTopicResponse,
  makeShareFetchResponse,
  shareFetchApi,
} from "@ottla/protocol/apis/share-fetch";
import { makeAssignment, makeShareGroupHeartbeatResponse, shareGroupHeartbeatApi } from "@ottla/protocol/apis/share-group-heartbeat";
import { findCoordinatorApi, makeCoordinator, makeFindCoordinatorResponse } from "@ottla/protocol/apis/find-coordinator";
import { RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import { HANG_UP, HOST, ScriptedBroker } from "./scripted-broker.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

const MISSED_AFTER_MS = 20;
const RELEASE = 2;
const REJECT = 3;
const RENEW = 4;

const SHARE_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

interface Offset {
  state: "available" | "acquired" | "accepted" | "rejected";
  deliveryCount: number;
  holder: string | undefined;
  lock: Timer | undefined;
}

interface Session {
  epoch: number;
}

/** What a test tells a share broker to do next in place of serving. */
export interface ShareFaults {
  /** The next answers to fetches and acknowledgements are this error, of the whole answer. */
  refuse: number[];
  /** The next requests are never answered: the connection is cut after they took effect, or before. */
  cut: ("before" | "after")[];
  heartbeatErrors: number[];
}

/** One partition of one topic, shared among members, as Apache Kafka does it: locks with a time, sessions with epochs, an answer for all acknowledgements of a request or none. */
export class ShareBroker {
  readonly broker: ScriptedBroker;
  readonly offsets: Offset[] = [];
  readonly faults: ShareFaults = { refuse: [], cut: [], heartbeatErrors: [] };
  readonly #world: SimulatedWorld;
  readonly #sessions = new Map<string, Session>();
  readonly #lockMs: number;
  #onNews: (() => void)[] = [];
  mayRenew = true;

  private constructor(world: SimulatedWorld, broker: ScriptedBroker, lockMs: number) {
    this.#world = world;
    this.broker = broker;
    this.#lockMs = lockMs;
  }

  static async start(world: SimulatedWorld, lockMs = 30_000): Promise<ShareBroker> {
    const scripted = await ScriptedBroker.start(world.net);
    const broker = new ShareBroker(world, scripted, lockMs);
    scripted.serveMetadata(() => ({ t: [1] }), [scripted], { topicId: () => SHARE_TOPIC_ID });
    scripted.on(findCoordinatorApi, () =>
      makeFindCoordinatorResponse({ coordinators: [makeCoordinator({ key: "g", nodeId: 1, host: HOST, port: scripted.port })] }),
    );
    scripted.on(shareGroupHeartbeatApi, ({ memberId, memberEpoch }) => {
      const errorCode = broker.faults.heartbeatErrors.shift() ?? ErrorCode.NONE;
      const topicPartitions = [{ topicId: SHARE_TOPIC_ID, partitions: [0], unknownTaggedFields: undefined }];
      return makeShareGroupHeartbeatResponse({
        errorCode,
        memberId,
        memberEpoch: memberEpoch < 0 ? memberEpoch : memberEpoch + 1,
        heartbeatIntervalMs: 1000,
        assignment: makeAssignment({ topicPartitions }),
      });
    });
    scripted.on(shareFetchApi, async (request) => {
      const refused = broker.#refusal();
      if (refused === "cut") return broker.#cutOff(request.memberId ?? "");
      if (refused !== undefined) return makeShareFetchResponse({ errorCode: refused });
      const member = request.memberId ?? "";
      const errorCode = broker.#enter(member, request.shareSessionEpoch);
      if (errorCode !== ErrorCode.NONE) return makeShareFetchResponse({ errorCode });
      const acknowledged = request.topics.flatMap(({ partitions }) => partitions).flatMap((each) => each.acknowledgementBatches);
      const acknowledgeErrorCode = broker.#acknowledge(member, acknowledged);
      if (broker.faults.cut[0] === "after") return broker.#cutOff(request.memberId ?? "");
      const acquired = await broker.#acquireWhenThere(member, request.maxRecords, request.maxWaitMs);
      return makeShareFetchResponse({
        acquisitionLockTimeoutMs: lockMs,
        responses: [broker.#fetched(acknowledgeErrorCode, acquired)],
      });
    });
    scripted.on(shareAcknowledgeApi, (request) => {
      const refused = broker.#refusal();
      if (refused === "cut") return broker.#cutOff(request.memberId ?? "");
      if (refused !== undefined) return makeShareAcknowledgeResponse({ errorCode: refused });
      const member = request.memberId ?? "";
      const epochError = broker.#enter(member, request.shareSessionEpoch);
      if (epochError !== ErrorCode.NONE) return makeShareAcknowledgeResponse({ errorCode: epochError });
      const partitions = request.topics.flatMap((topic) => topic.partitions);
      const errorCode = broker.#acknowledge(
        member,
        partitions.flatMap((each) => each.acknowledgementBatches),
      );
      if (request.shareSessionEpoch === -1) broker.leave(member);
      if (broker.faults.cut[0] === "after") return broker.#cutOff(request.memberId ?? "");
      const errorMessage = errorCode !== ErrorCode.NONE && !broker.mayRenew && request.isRenewAck ? "Renewing is not enabled." : null;
      return makeShareAcknowledgeResponse({
        acquisitionLockTimeoutMs: lockMs,
        responses:
          partitions.length === 0
            ? []
            : [makeShareAcknowledgeTopicResponse({ topicId: SHARE_TOPIC_ID, partitions: [makeAcknowledged({ errorCode, errorMessage })] })],
      });
    });
    return broker;
  }

  produce(count: number): void {
    for (let i = 0; i < count; i++) this.offsets.push({ state: "available", deliveryCount: 0, holder: undefined, lock: undefined });
    this.#tellNews();
  }

  /** The member's session is over: all that it held is there for others. */
  leave(member: string): void {
    this.#sessions.delete(member);
    for (const offset of this.offsets) if (offset.holder === member) this.#release(offset);
  }

  /** All sessions are over. */
  leaveAll(): void {
    for (const member of [...this.#sessions.keys()]) this.leave(member);
  }

  count(state: Offset["state"]): number {
    return this.offsets.filter((offset) => offset.state === state).length;
  }

  /** `a1 r2 …`: the state's first letter and the delivery count of each offset. */
  get shown(): string {
    return this.offsets
      .map(({ state, deliveryCount }) => `${state === "acquired" ? "h" : state === "available" ? "." : state[0]}${deliveryCount}`)
      .join(" ");
  }

  #refusal(): number | "cut" | undefined {
    if (this.faults.cut[0] === "before") return "cut";
    return this.faults.refuse.shift();
  }

  #cutOff(member: string): typeof HANG_UP {
    this.faults.cut.shift();
    // A broker that misses a connection ends its session, a moment later.
    const session = this.#sessions.get(member);
    this.#world.clock.schedule(MISSED_AFTER_MS, () => {
      if (session !== undefined && this.#sessions.get(member) === session) this.leave(member);
    });
    return HANG_UP;
  }

  #enter(member: string, epoch: number): number {
    const session = this.#sessions.get(member);
    if (epoch === 0) {
      if (session !== undefined) this.leave(member);
      this.#sessions.set(member, { epoch: 1 });
      return ErrorCode.NONE;
    }
    if (session === undefined) return ErrorCode.SHARE_SESSION_NOT_FOUND;
    if (epoch === -1) return ErrorCode.NONE;
    if (epoch !== session.epoch) return ErrorCode.INVALID_SHARE_SESSION_EPOCH;
    session.epoch++;
    return ErrorCode.NONE;
  }

  #acknowledge(member: string, batches: readonly AcknowledgementBatch[]): number {
    const said = batches.flatMap(({ firstOffset, lastOffset, acknowledgeTypes }) =>
      Array.from(
        { length: lastOffset - firstOffset + 1 },
        (_, i) => [firstOffset + i, acknowledgeTypes[i] ?? acknowledgeTypes[0]!] as const,
      ),
    );
    const isSound = ([offset, type]: readonly [number, number]) =>
      this.offsets[offset]?.holder === member && !(type === RENEW && !this.mayRenew);
    if (!said.every(isSound)) return ErrorCode.INVALID_RECORD_STATE;
    for (const [at, type] of said) {
      const offset = this.offsets[at]!;
      if (type === RENEW) {
        offset.lock?.cancel();
        this.#lock(offset);
      } else if (type === RELEASE) this.#release(offset);
      else {
        offset.lock?.cancel();
        offset.holder = undefined;
        offset.state = type === REJECT ? "rejected" : "accepted";
      }
    }
    return ErrorCode.NONE;
  }

  async #acquireWhenThere(member: string, maxRecords: number, maxWaitMs: number): Promise<number[]> {
    const untilMs = this.#world.clock.monotonicMs() + maxWaitMs;
    for (;;) {
      const acquired = this.#acquire(member, maxRecords);
      const leftMs = untilMs - this.#world.clock.monotonicMs();
      if (acquired.length > 0 || leftMs <= 0) return acquired;
      await new Promise<void>((resolve) => {
        const timer = this.#world.clock.schedule(leftMs, resolve);
        this.#onNews.push(() => {
          timer.cancel();
          resolve();
        });
      });
    }
  }

  #acquire(member: string, maxRecords: number): number[] {
    if (!this.#sessions.has(member)) return [];
    const acquired: number[] = [];
    for (const [at, offset] of this.offsets.entries()) {
      if (acquired.length >= maxRecords) break;
      if (offset.state !== "available") continue;
      offset.state = "acquired";
      offset.holder = member;
      offset.deliveryCount++;
      this.#lock(offset);
      acquired.push(at);
    }
    return acquired;
  }

  #lock(offset: Offset): void {
    offset.lock = this.#world.clock.schedule(this.#lockMs, () => this.#release(offset));
  }

  #release(offset: Offset): void {
    offset.lock?.cancel();
    offset.holder = undefined;
    offset.state = "available";
    this.#tellNews();
  }

  #fetched(acknowledgeErrorCode: number, acquired: readonly number[]): ReturnType<typeof makeShareFetchableTopicResponse> {
    const ranges = acquired.map((at) =>
      makeAcquiredRecords({ firstOffset: at, lastOffset: at, deliveryCount: this.offsets[at]!.deliveryCount }),
    );
    const first = acquired[0];
    const last = acquired.at(-1);
    let records: Buffer = Buffer.alloc(0);
    if (first !== undefined && last !== undefined) {
      const builder = new RecordBatchBuilder({ partitionLeaderEpoch: 0 });
      for (let at = first; at <= last; at++) builder.append(null, Buffer.from(`v${at}`), [], 1000);
      records = builder.close();
      setBaseOffset(records, 0, first);
    }
    const partitions = [makePartitionData({ acknowledgeErrorCode, records, acquiredRecords: ranges })];
    return makeShareFetchableTopicResponse({ topicId: SHARE_TOPIC_ID, partitions });
  }

  #tellNews(): void {
    for (const run of this.#onNews.splice(0)) run();
  }
}
