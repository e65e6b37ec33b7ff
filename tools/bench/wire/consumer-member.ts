import { randomUUID } from "node:crypto";
import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeatApi,
  makeConsumerGroupHeartbeatRequest,
} from "@ottla/protocol/apis/consumer-group-heartbeat";
import { type ChurningMember, type MemberPlace, Pause } from "./group-churn-task.ts";

const LEAVE_EPOCH = -1;

/** A member of a consumer group (KIP-848) that takes and gives up at once what it is told to. */
export class ConsumerMember implements ChurningMember {
  epoch = 0;
  owned: readonly number[] = [];
  isSettled = false;
  readonly #place: MemberPlace;
  readonly #memberId = randomUUID();
  readonly #pause = new Pause();
  #isLeaving = false;
  #ended: Promise<void> | undefined;

  constructor(place: MemberPlace) {
    this.#place = place;
  }

  run(): Promise<void> {
    this.#ended = this.#run();
    return this.#ended;
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#pause.end();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { task, connection } = this.#place;
    let answer = await this.#beat({ rebalanceTimeoutMs: 60_000, subscribedTopicNames: [task.topic], topicPartitions: [] });
    while (!this.#isLeaving) {
      // What it has been given, or has given up, is confirmed at once.
      if (answer.assignment) {
        this.isSettled = false;
        this.owned = answer.assignment.topicPartitions.flatMap(({ partitions }) => partitions);
        answer = await this.#beat({ topicPartitions: answer.assignment.topicPartitions });
        continue;
      }
      this.isSettled = true;
      await this.#pause.rest(answer.heartbeatIntervalMs);
      if (!this.#isLeaving) answer = await this.#beat();
    }
    this.epoch = LEAVE_EPOCH;
    await this.#beat();
    connection.close();
  }

  async #beat(said: Partial<ConsumerGroupHeartbeatRequest> = {}): Promise<ConsumerGroupHeartbeatResponse> {
    const { task, connection, onChange } = this.#place;
    const request = { groupId: task.groupId, memberId: this.#memberId, memberEpoch: this.epoch, ...said };
    const answer = await connection.ask(consumerGroupHeartbeatApi, 1, makeConsumerGroupHeartbeatRequest(request));
    if (answer?.errorCode !== 0) throw new Error(`A heartbeat was answered with error ${answer?.errorCode}: ${answer?.errorMessage}`);
    if (answer.memberEpoch !== this.epoch || answer.assignment) onChange();
    this.epoch = answer.memberEpoch;
    return answer;
  }
}
