import type { Admin as ClientAdmin } from "../admin/admin-types.ts";
import { alterConfigs, describeConfigs } from "./admin-configs.ts";
import { deleteGroups, describeGroups, listGroups } from "./admin-groups.ts";
import { fetchOffsets, fetchTopicOffsets, fetchTopicOffsetsByTimestamp, resetOffsets, setOffsets } from "./admin-offsets.ts";
import { alterPartitionReassignments, deleteTopicRecords, listPartitionReassignments } from "./admin-partitions.ts";
import { createPartitions, createTopics, deleteTopics, fetchTopicMetadata } from "./admin-topics.ts";
import type { Admin, AdminConfig } from "./admin-types.ts";
import { objectGivenTo } from "./call-arguments.ts";
import { ConnectedClient, clientLogger } from "./connected-client.ts";
import { KafkaJSNotImplemented } from "./errors.ts";
import { adminEvents, Events } from "./events.ts";
import type { KafkaConfig } from "./kafka-config.ts";
import type { Logger } from "./logger.ts";
import { NetworkEvents } from "./network-events.ts";
import { translating } from "./translate-error.ts";

/** An admin with kafkajs's calls. */
export function makeAdmin(config: KafkaConfig, own: AdminConfig, rootLogger: Logger): Admin {
  const logger = rootLogger.namespace("Admin");
  const network = new NetworkEvents(adminEvents, config.clientId);
  const connection = new ConnectedClient("admin", config, own.retry, { logger: network.observe(clientLogger(logger)) });
  const events = new Events(adminEvents, connection.deps.clock, logger);
  network.tell(events);
  const admin = connection.lazyAdmin;
  /** A call on the client's admin; what it throws is thrown under kafkajs's classes. */
  const call =
    <Args extends readonly unknown[], Result>(run: (client: ClientAdmin, ...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      translating(() => run(admin, ...args));
  const callWith = <Options extends object, Result>(name: string, run: (client: ClientAdmin, options: Options) => Promise<Result>) =>
    call((client, options: Options) => run(client, objectGivenTo(`admin#${name}`, options)));
  const noAcls = () => Promise.reject(new KafkaJSNotImplemented("Access lists are not there yet"));
  return {
    async connect() {
      await connection.connect();
      events.emit(adminEvents.CONNECT);
    },
    async disconnect() {
      await connection.disconnect();
      events.emit(adminEvents.DISCONNECT);
    },
    listTopics: call(async (client) => (await client.listTopics({ includeInternal: true })).map(({ name }) => name)),
    createTopics: callWith("createTopics", (client, options) => createTopics(client, connection.deps.clock, options)),
    deleteTopics: callWith("deleteTopics", deleteTopics),
    createPartitions: callWith("createPartitions", createPartitions),
    fetchTopicMetadata: (options = { topics: [] }) => callWith("fetchTopicMetadata", fetchTopicMetadata)(options),
    fetchOffsets: callWith("fetchOffsets", fetchOffsets),
    fetchTopicOffsets: call(fetchTopicOffsets),
    fetchTopicOffsetsByTimestamp: call(fetchTopicOffsetsByTimestamp),
    setOffsets: callWith("setOffsets", setOffsets),
    resetOffsets: callWith("resetOffsets", resetOffsets),
    describeConfigs: callWith("describeConfigs", describeConfigs),
    alterConfigs: callWith("alterConfigs", alterConfigs),
    listGroups: call(listGroups),
    describeGroups: call(describeGroups),
    deleteGroups: call(deleteGroups),
    deleteTopicRecords: callWith("deleteTopicRecords", deleteTopicRecords),
    alterPartitionReassignments: callWith("alterPartitionReassignments", alterPartitionReassignments),
    listPartitionReassignments: (options = {}) => callWith("listPartitionReassignments", listPartitionReassignments)(options),
    describeCluster: call(async (client) => {
      const { nodes, controllerId, clusterId } = await client.describeCluster();
      return {
        brokers: nodes.map(({ nodeId, host, port }) => ({ nodeId, host, port })),
        controller: controllerId ?? null,
        clusterId: clusterId ?? "",
      };
    }),
    describeAcls: noAcls,
    deleteAcls: noAcls,
    createAcls: noAcls,
    logger: () => logger,
    on: (event, listener) => events.on(event, listener),
    events: adminEvents,
  };
}
