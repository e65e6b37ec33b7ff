import { ErrorCode } from "@ottla/protocol";
import type { JoinAnswer, SyncAnswer } from "../classic/group-decision.ts";
import { type GroupScene, NODE_ID } from "./group-scene.ts";

const HEARTBEAT_INTERVAL_MS = 3000;

/** What a client was told about a generation, for all clients to compare. */
export interface Witness {
  joined(client: ChaosClient, answer: JoinAnswer): void;
  assigned(client: ChaosClient, generationId: number, assignment: string): void;
}

/**
 * A consumer as it should behave: one request at a time, joins, syncs, sends heartbeats, and does after each error what Kafka's own client does.
 * It moves when it is poked.
 */
export class ChaosClient {
  readonly name: string;
  readonly groupInstanceId: string | null;
  readonly version: number;
  readonly rebalanceTimeoutMs: number;
  memberId = "";
  generationId = -1;
  phase: "joining" | "syncing" | "stable" = "joining";
  /** When the request that is under way was sent. */
  waitingSinceMs: number | undefined;
  readonly #scene: GroupScene;
  readonly #witness: Witness;
  #toAssign: readonly string[] | undefined;
  #lastHeartbeatMs = 0;
  /** Answers to requests of an earlier life are for nobody. */
  #life = 0;

  constructor(
    scene: GroupScene,
    witness: Witness,
    options: { readonly name: string; readonly isStatic: boolean; readonly version: number; readonly rebalanceTimeoutMs: number },
  ) {
    this.#scene = scene;
    this.#witness = witness;
    this.name = options.name;
    this.groupInstanceId = options.isStatic ? options.name : null;
    this.version = options.version;
    this.rebalanceTimeoutMs = options.rebalanceTimeoutMs;
  }

  /** The process dies and starts again, knowing nothing. */
  crash(): void {
    this.#life++;
    this.memberId = "";
    this.generationId = -1;
    this.phase = "joining";
    this.waitingSinceMs = undefined;
  }

  /** The connection breaks: the request under way is given up, the membership is not. */
  disconnect(): void {
    if (this.waitingSinceMs === undefined) return;
    this.#life++;
    this.waitingSinceMs = undefined;
    this.phase = "joining";
  }

  /** Does what is due, if no request is under way. */
  poke(): void {
    if (this.waitingSinceMs !== undefined) return;
    if (this.phase === "joining") this.#join();
    else if (this.phase === "syncing") this.#sync();
    else if (this.#scene.clock.monotonicMs() - this.#lastHeartbeatMs >= HEARTBEAT_INTERVAL_MS) this.#heartbeat();
  }

  async leave(): Promise<void> {
    if (this.memberId !== "") {
      const members = [{ memberId: this.memberId, groupInstanceId: this.groupInstanceId }];
      await this.#scene.coordinator.membership.leave({ nodeId: NODE_ID, groupId: "g", members });
    }
    this.crash();
  }

  #join(): void {
    const { memberId, groupInstanceId, version, rebalanceTimeoutMs, name } = this;
    this.#await(
      this.#scene.join("g", { memberId, groupInstanceId, version, rebalanceTimeoutMs, sessionTimeoutMs: 10_000, clientId: name }),
      (answer) => {
        if (answer.errorCode !== ErrorCode.NONE) {
          if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.memberId = answer.memberId;
          else this.#recover(answer.errorCode);
          return;
        }
        this.memberId = answer.memberId;
        this.generationId = answer.generationId;
        const leads = answer.leader === answer.memberId && !answer.skipAssignment;
        this.#toAssign = leads ? answer.members.map((member) => member.memberId) : undefined;
        this.phase = "syncing";
        this.#witness.joined(this, answer);
      },
    );
  }

  #sync(): void {
    const { memberId, groupInstanceId, generationId } = this;
    const assignments = Object.fromEntries((this.#toAssign ?? []).map((id) => [id, `${generationId}:${id}`]));
    this.#await(this.#scene.sync("g", { memberId, groupInstanceId, generationId, assignments }), (answer: SyncAnswer) => {
      if (answer.errorCode !== ErrorCode.NONE) {
        this.#recover(answer.errorCode);
        return;
      }
      this.phase = "stable";
      this.#lastHeartbeatMs = this.#scene.clock.monotonicMs();
      this.#witness.assigned(this, generationId, answer.assignment.toString());
    });
  }

  #heartbeat(): void {
    const { memberId, groupInstanceId, generationId } = this;
    this.#lastHeartbeatMs = this.#scene.clock.monotonicMs();
    this.#await(
      this.#scene.coordinator.membership.heartbeat({ nodeId: NODE_ID, groupId: "g", memberId, groupInstanceId, generationId }),
      ({ errorCode }) => {
        if (errorCode !== ErrorCode.NONE) this.#recover(errorCode);
      },
    );
  }

  #recover(errorCode: number): void {
    switch (errorCode) {
      case ErrorCode.UNKNOWN_MEMBER_ID:
      case ErrorCode.FENCED_INSTANCE_ID:
        this.crash();
        return;
      case ErrorCode.ILLEGAL_GENERATION:
      case ErrorCode.REBALANCE_IN_PROGRESS:
        this.phase = "joining";
        return;
      case ErrorCode.NOT_COORDINATOR:
      case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
        // As Kafka's client: find the coordinator again, then go on; a failed sync joins anew.
        if (this.phase === "syncing") this.phase = "joining";
        return;
      default:
        throw new Error(`Client ${this.name} was answered ${errorCode}.`);
    }
  }

  #await<Answer>(answer: Answer | Promise<Answer>, then: (answer: Answer) => void): void {
    const life = this.#life;
    this.waitingSinceMs = this.#scene.clock.monotonicMs();
    void Promise.resolve(answer).then((given) => {
      if (life !== this.#life) return;
      this.waitingSinceMs = undefined;
      then(given);
    });
  }
}
