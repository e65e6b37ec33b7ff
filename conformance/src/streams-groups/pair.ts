import assert from "node:assert/strict";
import { type Api, ErrorCode } from "@ottla/protocol";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
  incrementalAlterConfigsApi,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { makeStreamsGroupDescribeRequest, streamsGroupDescribeApi } from "@ottla/protocol/apis/streams-group-describe";
import {
  makeStreamsGroupHeartbeatRequest,
  makeSubtopology,
  makeTopology,
  streamsGroupHeartbeatApi,
} from "@ottla/protocol/apis/streams-group-heartbeat";
import { Probe } from "../answers/probe.ts";
import { waitUntil } from "../process/wait-until.ts";

const GROUP_RESOURCE = 32;
const MISSING_SOURCE_TOPICS = 1;
/** A coordinator that is not there yet. */
const NOT_YET: readonly number[] = [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.NOT_COORDINATOR];
let canaries = 0;

/** Both clusters, asked the same. */
export class Pair {
  readonly ours: Probe;
  readonly kafka: Probe;

  constructor(ours: string, kafka: string) {
    this.ours = new Probe(ours, "ours");
    this.kafka = new Probe(kafka, "kafka");
  }

  async prepare(): Promise<void> {
    for (const probe of [this.ours, this.kafka]) {
      await waitUntil("the coordinator of groups is there", async () => {
        const answer = await probe.raw(findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType: 0, coordinatorKeys: ["g"] }));
        return typeof answer !== "string" && answer.coordinators[0]?.errorCode === 0;
      });
    }
  }

  /** Until the coordinator of this group is there and has read its partition; a broker that has just started says so for a while. */
  async loaded(groupId: string): Promise<void> {
    for (const probe of [this.ours, this.kafka]) {
      await waitUntil(`the coordinator of ${groupId} has loaded`, async () => {
        const answer = await probe.raw(streamsGroupDescribeApi, 0, makeStreamsGroupDescribeRequest({ groupIds: [groupId] }));
        return typeof answer !== "string" && answer.groups.every(({ errorCode }) => !NOT_YET.includes(errorCode));
      });
    }
  }

  close(): void {
    this.ours.close();
    this.kafka.close();
  }

  /** Both answers. */
  async both<Request, Response>(api: Api<Request, Response>, version: number, request: Request) {
    const [ours, kafka] = await Promise.all([this.ours.raw(api, version, request), this.kafka.raw(api, version, request)]);
    return { ours, kafka };
  }

  /** Kafka's answer; ours must be the same once `shown`. */
  async same<Request, Response>(
    api: Api<Request, Response>,
    version: number,
    request: Request,
    shown: (response: Response) => unknown,
  ): Promise<Response> {
    const { ours, kafka } = await this.both(api, version, request);
    if (typeof kafka === "string" || typeof ours === "string")
      throw new Error(`${api.name}: ours is ${String(ours)}, Kafka's ${String(kafka)}`);
    assert.deepEqual(shown(ours), shown(kafka), `${api.name} v${version} ${JSON.stringify(request)}`);
    return kafka;
  }

  async createTopic(name: string, numPartitions: number): Promise<void> {
    const request = makeCreateTopicsRequest({
      timeoutMs: 30_000,
      topics: [makeCreatableTopic({ name, numPartitions, replicationFactor: 1 })],
    });
    const { topics } = await this.same(createTopicsApi, 7, request, (response) => response.topics.map(({ errorCode }) => errorCode));
    assert.equal(topics[0]?.errorCode, 0);
    await this.wait([name]);
  }

  async setGroup(groupId: string, name: string, value: string): Promise<void> {
    const configs = [makeAlterableConfig({ name, configOperation: 0, value })];
    const request = makeIncrementalAlterConfigsRequest({
      resources: [makeAlterConfigsResource({ resourceType: GROUP_RESOURCE, resourceName: groupId, configs })],
    });
    await this.same(incrementalAlterConfigsApi, 1, request, (response) => response.responses.map(({ errorCode }) => errorCode));
  }

  /**
   * Until the coordinators of both see these topics: a group that reads them is told so. A broker takes what the controller says in its order, so that configs which were set before are there, too.
   */
  async wait(names: readonly string[]): Promise<void> {
    for (const probe of [this.ours, this.kafka]) {
      await waitUntil(`${names.join(", ")} are there`, () => isReading(probe, names));
    }
  }
}

/** Whether a new group may read these topics; its only member goes again. */
async function isReading(probe: Probe, names: readonly string[]): Promise<boolean> {
  const member = { groupId: `canary-${++canaries}`, memberId: "canary" };
  const topology = makeTopology({ subtopologies: [makeSubtopology({ subtopologyId: "0", sourceTopics: [...names] })] });
  const beat = makeStreamsGroupHeartbeatRequest({
    ...member,
    memberEpoch: 0,
    rebalanceTimeoutMs: 1000,
    topology,
    activeTasks: [],
    standbyTasks: [],
    warmupTasks: [],
    processId: "canary",
  });
  const answer = await probe.raw(streamsGroupHeartbeatApi, 1, beat);
  if (typeof answer === "string" || answer.errorCode !== 0) return false;
  await probe.raw(streamsGroupHeartbeatApi, 1, makeStreamsGroupHeartbeatRequest({ ...member, memberEpoch: -1 }));
  return answer.status?.some(({ statusCode }) => statusCode === MISSING_SOURCE_TOPICS) !== true;
}
