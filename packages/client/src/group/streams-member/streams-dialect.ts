import { ErrorCode, KafkaError } from "@ottla/protocol";
import {
  makeStreamsGroupHeartbeatRequest,
  type StreamsGroupHeartbeatRequest,
  type StreamsGroupHeartbeatResponse,
  streamsGroupHeartbeatApi,
} from "@ottla/protocol/apis/streams-group-heartbeat";
import { ClientError } from "../../client-error.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import { callOn, type Lane } from "../../cluster/lane.ts";
import type { EpochDialect, HeartbeatOutcome, NextHeartbeat, Resolved } from "../epoch-member/epoch-dialect.ts";
import { type StreamsAssignment, streamsAssignments, tasksOf } from "./streams-assignment.ts";
import {
  type CoordinatorWishes,
  endpointsOf,
  nextStreamsHeartbeat,
  type StreamsMemberState,
  type StreamsTold,
  statusesOf,
  targetOf,
} from "./streams-heartbeat.ts";
import type { StreamsRole } from "./streams-role.ts";

export interface StreamsDialectOptions {
  readonly groupId: string;
  readonly groupInstanceId: string | undefined;
  readonly maxPollIntervalMs: number;
  readonly rack: string | undefined;
  readonly role: StreamsRole;
}

/** Version 0 says it in 32 bits. */
const WIDE_LAG_VERSION = 1;
/** A group that has no tasks to give yet may have them soon: its topics are being made, or it waits for more members. */
const UNREADY_MS = 500;
/** What a coordinator that says nothing of it is taken to want. */
const WISHES: CoordinatorWishes = { taskOffsetIntervalMs: 60_000, acceptableRecoveryLag: 10_000, endpointInformationEpoch: -1 };

/** How a member of a streams group talks (KIP-1071): it tells the topology and its tasks, and is told of tasks. */
export class StreamsDialect implements EpochDialect<StreamsAssignment, StreamsTold> {
  readonly protocol = "streams";
  readonly assignments = streamsAssignments;
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #options: StreamsDialectOptions;
  #wishes = WISHES;

  constructor(cluster: Cluster, lane: Lane, options: StreamsDialectOptions) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#options = options;
  }

  next(before: StreamsMemberState): NextHeartbeat<StreamsAssignment, StreamsTold> {
    const { groupId, groupInstanceId: instanceId, maxPollIntervalMs: rebalanceTimeoutMs, rack, role } = this.#options;
    const nowMs = this.#cluster.deps.clock.monotonicMs();
    const context = { groupId, instanceId, rack, rebalanceTimeoutMs, role, wishes: this.#wishes, nowMs };
    const { request, state } = nextStreamsHeartbeat(before, context);
    const send = async (mayBeSent: () => boolean): Promise<HeartbeatOutcome<StreamsAssignment>> => {
      const called = await this.#call(request, mayBeSent);
      if (called === undefined || !mayBeSent()) return { kind: "unsent" };
      const { response, version } = called;
      const { errorCode, errorMessage, heartbeatIntervalMs: intervalMs, memberId, memberEpoch } = response;
      if (errorCode !== ErrorCode.NONE) return { kind: "refused", errorCode, message: errorMessage ?? undefined };
      const target = targetOf(before.target, response);
      if (target !== undefined) this.#checkKnown(target);
      this.#wishes = wishesOf(response, version);
      role.onNews({ statuses: statusesOf(response), endpoints: endpointsOf(response), heartbeatIntervalMs: intervalMs });
      const isReady = (target ?? before.target).isGroupReady;
      return {
        kind: "answer",
        intervalMs: isReady ? intervalMs : Math.min(intervalMs, UNREADY_MS),
        answer: { memberId, memberEpoch, target },
      };
    };
    return { state, send };
  }

  hasNews({ told }: StreamsMemberState): boolean {
    return told.isShutdownRequested === false && this.#options.role.isShutdownRequested();
  }

  resolve(target: StreamsAssignment): Resolved<StreamsAssignment> {
    const { role } = this.#options;
    const tasks = tasksOf(target);
    return { owned: target, partitions: role.partitionsOf(tasks.active), onApplied: () => role.onTasks(tasks) };
  }

  /** The topology says what is read. */
  subscribeTo(): boolean {
    return false;
  }

  /** The coordinator decides; it may have reason to when it hears how far the tasks' state is, or that all is to end. */
  requestRejoin(): boolean {
    return true;
  }

  async leave(memberId: string, memberEpoch: number): Promise<void> {
    const { groupId, groupInstanceId, role } = this.#options;
    const called = await this.#call(
      makeStreamsGroupHeartbeatRequest({
        groupId,
        memberId,
        memberEpoch,
        instanceId: groupInstanceId ?? null,
        endpointInformationEpoch: this.#wishes.endpointInformationEpoch,
        shutdownApplication: role.isShutdownRequested(),
      }),
      () => true,
    );
    const errorCode = called?.response.errorCode ?? ErrorCode.NONE;
    if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_MEMBER_ID) throw new KafkaError(errorCode);
  }

  stop(): void {}

  /** Undefined: it was not sent. Throws `ClientError` UNSUPPORTED when the broker has no streams groups. */
  async #call(
    request: StreamsGroupHeartbeatRequest,
    mayBeSent: () => boolean,
  ): Promise<{ readonly response: StreamsGroupHeartbeatResponse; readonly version: number } | undefined> {
    const connection = await this.#cluster.coordinators.connect(this.#lane, "group", request.groupId);
    if (!mayBeSent()) return undefined;
    if (connection.versions.find(streamsGroupHeartbeatApi) === undefined) throw unsupported();
    let used = 0;
    const response = await callOn(connection, streamsGroupHeartbeatApi, (version) => {
      used = version;
      return request;
    });
    if (response.errorCode === ErrorCode.UNSUPPORTED_VERSION) throw unsupported(new KafkaError(response.errorCode));
    return { response, version: used };
  }

  #checkKnown({ active, standby, warmup }: StreamsAssignment): void {
    const { groupId, role } = this.#options;
    const known = new Set(role.topology.subtopologies.map(({ id }) => id));
    const unknown = [...active.values(), ...standby.values(), ...warmup.values()].find(({ subtopologyId }) => !known.has(subtopologyId));
    if (unknown === undefined) return;
    throw new ClientError(
      "BAD_RESPONSE",
      `Streams group "${groupId}" gave a task of sub-topology ${unknown.subtopologyId}, which this member's topology has not (it has ${[...known].sort().join(", ")}). ` +
        `The group runs another topology: let all members run the same, or give the new topology another application id.`,
      { subject: groupId },
    );
  }
}

function wishesOf(response: StreamsGroupHeartbeatResponse, version: number): CoordinatorWishes {
  const lag = version >= WIDE_LAG_VERSION ? response.acceptableRecoveryLag : response.acceptableRecoveryLagLegacy;
  return {
    taskOffsetIntervalMs: response.taskOffsetIntervalMs > 0 ? response.taskOffsetIntervalMs : WISHES.taskOffsetIntervalMs,
    acceptableRecoveryLag: lag >= 0 ? lag : WISHES.acceptableRecoveryLag,
    endpointInformationEpoch: response.endpointInformationEpoch,
  };
}

function unsupported(cause?: Error): ClientError {
  return new ClientError(
    "UNSUPPORTED",
    "This cluster has no streams groups (KIP-1071). Apache Kafka has them from 4.2 on, where the feature streams.version is at least 1 " +
      '(kafka-features upgrade --feature streams.version=1, or admin.updateFeatures); elsewhere use groupProtocol "classic".',
    cause === undefined ? {} : { cause },
  );
}
