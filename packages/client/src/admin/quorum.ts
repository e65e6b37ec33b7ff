import { ErrorCode } from "@ottla/protocol";
import { addRaftVoterApi, makeAddRaftVoterRequest, makeListener } from "@ottla/protocol/apis/add-raft-voter";
import {
  describeQuorumApi,
  makeDescribeQuorumRequest,
  makeDescribeQuorumRequestPartitionData,
  makeDescribeQuorumRequestTopicData,
  type ReplicaState,
} from "@ottla/protocol/apis/describe-quorum";
import { makeRemoveRaftVoterRequest, removeRaftVoterApi } from "@ottla/protocol/apis/remove-raft-voter";
import { makeUnregisterBrokerRequest, unregisterBrokerApi } from "@ottla/protocol/apis/unregister-broker";
import { makeUnregisterControllerRequest, unregisterControllerApi } from "@ottla/protocol/apis/unregister-controller";
import { checkCallOptions, checkInteger, checkList, checkName, checkObject, INT32_MAX, invalid } from "../options/argument-checks.ts";
import { throwIfRefused } from "../outcome.ts";
import { type AdminContext, askAnyBroker, askController, serverTimeoutMs } from "./admin-context.ts";
import type { QuorumAdmin, QuorumDescription, QuorumReplica } from "./quorum-types.ts";

const METADATA_TOPIC = "__cluster_metadata";
const PORT_MAX = 0xffff;
/** 16 bytes; all zero means none. */
const UUID_PATTERN = /^[\w-]{21}[AQgw]$/;
const NO_UUID = "A".repeat(22);

interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

export function quorumCalls(context: AdminContext): QuorumAdmin {
  return {
    describeQuorum(options = {}) {
      const partitions = [makeDescribeQuorumRequestPartitionData({ partitionIndex: 0 })];
      const request = makeDescribeQuorumRequest({
        topics: [makeDescribeQuorumRequestTopicData({ topicName: METADATA_TOPIC, partitions })],
      });
      return askAnyBroker(
        context,
        describeQuorumApi,
        () => request,
        (response): QuorumDescription => {
          throwIfRefused(response.errorCode, response.errorMessage);
          const state = response.topics[0]?.partitions[0];
          throwIfRefused(state?.errorCode ?? -1, state?.errorMessage);
          const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = state!;
          const nodes = response.nodes.map(({ nodeId, listeners }) => ({
            nodeId,
            endpoints: listeners.map(({ name, host, port }) => ({ listener: name, host, port })),
          }));
          return { leaderId, leaderEpoch, highWatermark, voters: currentVoters.map(replica), observers: observers.map(replica), nodes };
        },
        options,
      );
    },

    async addRaftVoter({ nodeId, directoryId }, endpoints, options = {}) {
      const request = makeAddRaftVoterRequest({
        clusterId: options.clusterId ?? null,
        timeoutMs: serverTimeoutMs(context, options),
        voterId: nodeId,
        voterDirectoryId: directoryId,
        listeners: endpoints.map(({ listener, host, port }) => makeListener({ name: listener, host, port })),
      });
      throwRefusal(await askController(context, addRaftVoterApi, () => request, onceAtTheController, options));
    },

    async removeRaftVoter({ nodeId, directoryId }, options = {}) {
      const request = makeRemoveRaftVoterRequest({
        clusterId: options.clusterId ?? null,
        voterId: nodeId,
        voterDirectoryId: directoryId,
      });
      throwRefusal(await askController(context, removeRaftVoterApi, () => request, onceAtTheController, options));
    },

    unregisterBroker: (nodeId, options) =>
      askController(context, unregisterBrokerApi, () => makeUnregisterBrokerRequest({ brokerId: nodeId }), throwRefusal, options),

    unregisterController: (nodeId, options) =>
      askController(
        context,
        unregisterControllerApi,
        () => makeUnregisterControllerRequest({ controllerId: nodeId }),
        throwRefusal,
        options,
      ),
  };
}

/** What the controller said is the end of it: asked again after a timeout, it would refuse what it had just done. */
function onceAtTheController(response: Refusal): Refusal {
  if (response.errorCode === ErrorCode.NOT_CONTROLLER) throwRefusal(response);
  return response;
}

function throwRefusal({ errorCode, errorMessage }: Refusal): void {
  throwIfRefused(errorCode, errorMessage);
}

function replica(state: ReplicaState): QuorumReplica {
  return {
    nodeId: state.replicaId,
    directoryId: state.replicaDirectoryId === NO_UUID ? undefined : state.replicaDirectoryId,
    logEndOffset: state.logEndOffset,
    lastFetchTimestamp: state.lastFetchTimestamp < 0 ? undefined : state.lastFetchTimestamp,
    lastCaughtUpTimestamp: state.lastCaughtUpTimestamp < 0 ? undefined : state.lastCaughtUpTimestamp,
  };
}

export const quorumChecks: { readonly [Call in keyof QuorumAdmin]: (...args: readonly unknown[]) => void } = {
  describeQuorum: (options) => checkCallOptions("describeQuorum", options),
  addRaftVoter(voter, endpoints, options) {
    checkVoter("addRaftVoter: voter", voter);
    checkList("addRaftVoter: endpoints", endpoints, (subject, endpoint) => {
      const { listener, host, port } = checkObject(subject, endpoint);
      checkName(`${subject}.listener`, listener);
      checkName(`${subject}.host`, host);
      checkInteger(`${subject}.port`, port, 0, PORT_MAX);
    });
    checkCallOptions("addRaftVoter", options, { clusterId: checkName });
  },
  removeRaftVoter(voter, options) {
    checkVoter("removeRaftVoter: voter", voter);
    checkCallOptions("removeRaftVoter", options, { clusterId: checkName });
  },
  unregisterBroker(nodeId, options) {
    checkInteger("unregisterBroker: nodeId", nodeId, 0, INT32_MAX);
    checkCallOptions("unregisterBroker", options);
  },
  unregisterController(nodeId, options) {
    checkInteger("unregisterController: nodeId", nodeId, 0, INT32_MAX);
    checkCallOptions("unregisterController", options);
  },
};

function checkVoter(subject: string, value: unknown): void {
  const { nodeId, directoryId } = checkObject(subject, value);
  checkInteger(`${subject}.nodeId`, nodeId, 0, INT32_MAX);
  if (typeof directoryId !== "string" || !UUID_PATTERN.test(directoryId))
    throw invalid(`${subject}.directoryId`, directoryId, "22 characters of base64url");
}
