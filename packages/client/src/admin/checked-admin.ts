import { ClientError } from "../client-error.ts";
import {
  checkBoolean,
  checkCallOptions,
  checkChoice,
  checkInteger,
  checkList,
  checkName,
  checkObject,
  checkOffset,
  checkOptional,
  checkOptions,
  checkText,
  checkTimestamp,
  checkTopicPartition,
  checkTopicPartitions,
  INT32_MAX,
  invalid,
  type OptionChecks,
} from "../options/argument-checks.ts";
import { aclOperations, aclPatternTypes, aclResourceTypes } from "./acls.ts";
import type { Admin } from "./admin-types.ts";
import { quorumChecks } from "./quorum.ts";
import { loginChecks } from "./security/login-calls.ts";

const resourceTypes = ["topic", "broker", "brokerLogger", "clientMetrics", "group"];
const offsetSpecs = ["earliest", "latest", "maxTimestamp", "earliestLocal", "latestTiered"];
const validateOnly: OptionChecks = { validateOnly: checkBoolean };

type Checked = Omit<Admin, "close" | typeof Symbol.asyncDispose>;

function checkAclFilter(subject: string, filter: unknown): void {
  const { resourceType, resourceName, patternType, principal, host, operation, permission } = checkObject(subject, filter);
  checkOptional(`${subject}.resourceType`, resourceType, (each, value) => checkChoice(each, value, Object.keys(aclResourceTypes)));
  checkOptional(`${subject}.resourceName`, resourceName, checkName);
  checkOptional(`${subject}.patternType`, patternType, (each, value) => checkChoice(each, value, Object.keys(aclPatternTypes)));
  checkOptional(`${subject}.principal`, principal, checkName);
  checkOptional(`${subject}.host`, host, checkName);
  checkOptional(`${subject}.operation`, operation, (each, value) => checkChoice(each, value, Object.keys(aclOperations)));
  checkOptional(`${subject}.permission`, permission, (each, value) => checkChoice(each, value, ["allow", "deny"]));
}

/**
 * What the arguments of each call must be, so that they can be sent at all. Whether a name is a good one and a count a possible one is for the broker to
 * say, resource by resource.
 */
const argumentChecks: { readonly [Call in keyof Checked]: (...args: readonly unknown[]) => void } = {
  ...loginChecks,
  ...quorumChecks,
  describeCluster: (options) => checkCallOptions("describeCluster", options),
  apiVersions: (options) => checkCallOptions("apiVersions", options),
  createTopics(topics, options) {
    checkList("createTopics: topics", topics, checkNewTopic);
    checkCallOptions("createTopics", options, validateOnly);
  },
  deleteTopics(names, options) {
    checkList("deleteTopics: names", names, checkName);
    checkCallOptions("deleteTopics", options);
  },
  listTopics: (options) => checkCallOptions("listTopics", options, { includeInternal: checkBoolean }),
  describeTopics(names, options) {
    if (names !== "all") checkList("describeTopics: names", names, checkName);
    checkCallOptions("describeTopics", options);
  },
  createPartitions(changes, options) {
    checkList("createPartitions: changes", changes, checkPartitionChange);
    checkCallOptions("createPartitions", options, validateOnly);
  },
  deleteRecords(targets, options) {
    checkList("deleteRecords: targets", targets, (subject, target) => {
      checkTopicPartition(subject, target);
      checkInteger(`${subject}.beforeOffset`, fieldsOf(target)["beforeOffset"], -1, Number.MAX_SAFE_INTEGER);
    });
    checkCallOptions("deleteRecords", options);
  },
  electLeaders(kind, partitions, options) {
    checkChoice("electLeaders: kind", kind, ["preferred", "unclean"]);
    checkOptional("electLeaders: partitions", partitions, checkTopicPartitions);
    checkCallOptions("electLeaders", options);
  },
  alterPartitionReassignments(changes, options) {
    checkList("alterPartitionReassignments: changes", changes, (subject, change) => {
      checkTopicPartition(subject, change);
      const { replicas } = fieldsOf(change);
      if (replicas !== null) checkList(`${subject}.replicas`, replicas, checkNodeId);
    });
    checkCallOptions("alterPartitionReassignments", options, { allowReplicationFactorChange: checkBoolean });
  },
  listPartitionReassignments(partitions, options) {
    checkOptional("listPartitionReassignments: partitions", partitions, checkTopicPartitions);
    checkCallOptions("listPartitionReassignments", options);
  },
  listConfigResources(types, options) {
    checkOptional("listConfigResources: types", types, (subject, list) =>
      checkList(subject, list, (each, type) => checkChoice(each, type, resourceTypes)),
    );
    checkCallOptions("listConfigResources", options);
  },
  describeClientQuotas(filter, options) {
    checkOptions("describeClientQuotas: filter", filter, {
      user: checkQuotaMatch,
      clientId: checkQuotaMatch,
      ip: checkQuotaMatch,
      strict: checkBoolean,
    });
    checkCallOptions("describeClientQuotas", options);
  },
  alterClientQuotas(alterations, options) {
    checkList("alterClientQuotas: alterations", alterations, (subject, alteration) => {
      const { entity, changes } = checkObject(subject, alteration);
      const { user, clientId, ip } = checkObject(`${subject}.entity`, entity);
      for (const [part, name] of Object.entries({ user, clientId, ip }))
        if (name !== null) checkOptional(`${subject}.entity.${part}`, name, checkName);
      checkList(`${subject}.changes`, changes, checkQuotaChange);
    });
    checkCallOptions("alterClientQuotas", options, validateOnly);
  },
  createAcls(acls, options) {
    checkList("createAcls: acls", acls, (subject, acl) => {
      const { resourceType, resourceName, patternType, principal, host, operation, permission } = checkObject(subject, acl);
      checkChoice(`${subject}.resourceType`, resourceType, Object.keys(aclResourceTypes));
      checkName(`${subject}.resourceName`, resourceName);
      checkOptional(`${subject}.patternType`, patternType, (each, value) => checkChoice(each, value, ["literal", "prefixed"]));
      checkName(`${subject}.principal`, principal);
      checkOptional(`${subject}.host`, host, checkName);
      checkChoice(`${subject}.operation`, operation, Object.keys(aclOperations));
      checkOptional(`${subject}.permission`, permission, (each, value) => checkChoice(each, value, ["allow", "deny"]));
    });
    checkCallOptions("createAcls", options);
  },
  describeAcls(filter, options) {
    checkOptional("describeAcls: filter", filter, checkAclFilter);
    checkCallOptions("describeAcls", options);
  },
  deleteAcls(filters, options) {
    checkList("deleteAcls: filters", filters, checkAclFilter);
    checkCallOptions("deleteAcls", options);
  },
  describeFeatures: (options) => checkCallOptions("describeFeatures", options),
  updateFeatures(updates, options) {
    checkList("updateFeatures: updates", updates, (subject, update) => {
      const { name, level, type } = checkObject(subject, update);
      checkName(`${subject}.name`, name);
      checkInteger(`${subject}.level`, level, 0, 0x7fff);
      checkOptional(`${subject}.type`, type, (each, value) => checkChoice(each, value, ["upgrade", "safeDowngrade", "unsafeDowngrade"]));
    });
    checkCallOptions("updateFeatures", options, validateOnly);
  },
  describeConfigs(resources, options) {
    checkList("describeConfigs: resources", resources, checkResource);
    checkCallOptions("describeConfigs", options, {
      includeSynonyms: checkBoolean,
      includeDocumentation: checkBoolean,
      keys: (subject, keys) => checkList(subject, keys, checkName),
    });
  },
  alterConfigs(changes, options) {
    checkList("alterConfigs: changes", changes, (subject, resource) => {
      checkResource(subject, resource);
      checkList(`${subject}.changes`, fieldsOf(resource)["changes"], checkConfigChange);
    });
    checkCallOptions("alterConfigs", options, validateOnly);
  },
  listGroups(options) {
    const texts = (subject: string, list: unknown) => checkList(subject, list, checkName);
    checkCallOptions("listGroups", options, { states: texts, types: texts });
  },
  describeGroups(groupIds, options) {
    checkList("describeGroups: groupIds", groupIds, checkText);
    checkCallOptions("describeGroups", options);
  },
  describeShareGroups(groupIds, options) {
    checkList("describeShareGroups: groupIds", groupIds, checkText);
    checkCallOptions("describeShareGroups", options);
  },
  describeStreamsGroups(groupIds, options) {
    checkList("describeStreamsGroups: groupIds", groupIds, checkText);
    checkCallOptions("describeStreamsGroups", options);
  },
  deleteGroups(groupIds, options) {
    checkList("deleteGroups: groupIds", groupIds, checkText);
    checkCallOptions("deleteGroups", options);
  },
  removeGroupMembers(groupId, members, options) {
    checkText("removeGroupMembers: groupId", groupId);
    checkOptional("removeGroupMembers: members", members, (subject, list) => checkList(subject, list, checkMember));
    checkCallOptions("removeGroupMembers", options);
  },
  listGroupOffsets(groupId, partitions, options) {
    checkText("listGroupOffsets: groupId", groupId);
    checkOptional("listGroupOffsets: partitions", partitions, checkTopicPartitions);
    checkCallOptions("listGroupOffsets", options);
  },
  listOffsetsOfGroups(groupIds, options) {
    checkList("listOffsetsOfGroups: groupIds", groupIds, checkText);
    checkCallOptions("listOffsetsOfGroups", options);
  },
  alterGroupOffsets(groupId, offsets, options) {
    checkText("alterGroupOffsets: groupId", groupId);
    checkList("alterGroupOffsets: offsets", offsets, (subject, value) => {
      checkTopicPartition(subject, value);
      const { offset, metadata, leaderEpoch } = fieldsOf(value);
      checkOffset(`${subject}.offset`, offset);
      checkOptional(`${subject}.metadata`, metadata, checkText);
      checkOptional(`${subject}.leaderEpoch`, leaderEpoch, (each, epoch) => checkInteger(each, epoch, -1, INT32_MAX));
    });
    checkCallOptions("alterGroupOffsets", options);
  },
  deleteGroupOffsets(groupId, partitions, options) {
    checkText("deleteGroupOffsets: groupId", groupId);
    checkTopicPartitions("deleteGroupOffsets: partitions", partitions);
    checkCallOptions("deleteGroupOffsets", options);
  },
  listShareGroupOffsets(groupId, partitions, options) {
    checkText("listShareGroupOffsets: groupId", groupId);
    checkOptional("listShareGroupOffsets: partitions", partitions, checkTopicPartitions);
    checkCallOptions("listShareGroupOffsets", options);
  },
  alterShareGroupOffsets(groupId, offsets, options) {
    checkText("alterShareGroupOffsets: groupId", groupId);
    checkList("alterShareGroupOffsets: offsets", offsets, (subject, value) => {
      checkTopicPartition(subject, value);
      checkOffset(`${subject}.offset`, fieldsOf(value)["offset"]);
    });
    checkCallOptions("alterShareGroupOffsets", options);
  },
  deleteShareGroupOffsets(groupId, topics, options) {
    checkText("deleteShareGroupOffsets: groupId", groupId);
    checkList("deleteShareGroupOffsets: topics", topics, checkName);
    checkCallOptions("deleteShareGroupOffsets", options);
  },
  listOffsets(queries, options) {
    checkList("listOffsets: queries", queries, (subject, query) => {
      checkTopicPartition(subject, query);
      checkOffsetSpec(`${subject}.spec`, fieldsOf(query)["spec"]);
    });
    const isolationLevel = (subject: string, level: unknown) => checkChoice(subject, level, ["read_uncommitted", "read_committed"]);
    checkCallOptions("listOffsets", options, { isolationLevel });
  },
  listTransactions(options) {
    checkCallOptions("listTransactions", options, {
      states: (subject, list) => checkList(subject, list, checkName),
      producerIds: (subject, list) => checkList(subject, list, checkProducerId),
      longerThanMs: (subject, value) => checkInteger(subject, value, 0, Number.MAX_SAFE_INTEGER),
      idPattern: checkText,
    });
  },
  describeTransactions(transactionalIds, options) {
    checkList("describeTransactions: transactionalIds", transactionalIds, checkName);
    checkCallOptions("describeTransactions", options);
  },
  describeProducers(partitions, options) {
    checkTopicPartitions("describeProducers: partitions", partitions);
    checkCallOptions("describeProducers", options);
  },
  abortTransaction(transaction, options) {
    const subject = "abortTransaction: transaction";
    checkTopicPartition(subject, transaction);
    const { producerId, producerEpoch, coordinatorEpoch } = fieldsOf(transaction);
    checkProducerId(`${subject}.producerId`, producerId);
    checkInteger(`${subject}.producerEpoch`, producerEpoch, 0, 0x7fff);
    checkOptional(`${subject}.coordinatorEpoch`, coordinatorEpoch, checkNodeId);
    checkCallOptions("abortTransaction", options);
  },
  fenceProducers(transactionalIds, options) {
    checkList("fenceProducers: transactionalIds", transactionalIds, checkName);
    checkCallOptions("fenceProducers", options);
  },
  describeLogDirs(nodeIds, options) {
    checkOptional("describeLogDirs: nodeIds", nodeIds, (subject, list) => checkList(subject, list, checkNodeId));
    checkCallOptions("describeLogDirs", options);
  },
  describeReplicaLogDirs(replicas, options) {
    checkList("describeReplicaLogDirs: replicas", replicas, checkReplicaPlace);
    checkCallOptions("describeReplicaLogDirs", options);
  },
  alterReplicaLogDirs(changes, options) {
    checkList("alterReplicaLogDirs: changes", changes, (subject, change) => {
      checkReplicaPlace(subject, change);
      checkName(`${subject}.path`, fieldsOf(change)["path"]);
    });
    checkCallOptions("alterReplicaLogDirs", options);
  },
};

/**
 * The border of an admin: a call whose arguments cannot be sent rejects with `ClientError` INVALID_ARGUMENT before anybody is asked, and one after `close`
 * with CLIENT_CLOSED.
 */
export function checkedAdmin(inner: Admin): Admin {
  let isClosed = false;
  const calls = Object.entries(argumentChecks).map(([name, check]) => {
    const call = inner[name as keyof Checked] as (...args: readonly unknown[]) => Promise<unknown>;
    return [
      name,
      async (...args: readonly unknown[]) => {
        check(...args);
        if (isClosed) throw new ClientError("CLIENT_CLOSED", "The admin was closed.");
        return call(...args);
      },
    ];
  });
  const close = (): Promise<void> => {
    isClosed = true;
    return inner.close();
  };
  return { ...(Object.fromEntries(calls) as Checked), close, [Symbol.asyncDispose]: close };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value as Readonly<Record<string, unknown>>;
}

function checkInt32(subject: string, value: unknown): void {
  checkInteger(subject, value, -1, INT32_MAX);
}

function checkProducerId(subject: string, value: unknown): void {
  checkInteger(subject, value, 0, Number.MAX_SAFE_INTEGER);
}

function checkNodeId(subject: string, value: unknown): void {
  checkInteger(subject, value, 0, INT32_MAX);
}

function checkReplicaPlace(subject: string, value: unknown): void {
  checkTopicPartition(subject, value);
  checkNodeId(`${subject}.nodeId`, fieldsOf(value)["nodeId"]);
}

function checkAssignments(subject: string, value: unknown): void {
  checkList(subject, value, (each, replicas) => checkList(each, replicas, checkNodeId));
}

function checkNewTopic(subject: string, value: unknown): void {
  const topic = checkObject(subject, value);
  checkText(`${subject}.name`, topic["name"]);
  checkOptional(`${subject}.partitionCount`, topic["partitionCount"], checkInt32);
  checkOptional(`${subject}.replicationFactor`, topic["replicationFactor"], (each, factor) => checkInteger(each, factor, -1, 0x7fff));
  checkOptional(`${subject}.assignments`, topic["assignments"], checkAssignments);
  checkOptional(`${subject}.configs`, topic["configs"], (each, configs) => {
    for (const [name, text] of Object.entries(checkObject(each, configs)))
      if (text !== null && typeof text !== "string")
        throw invalid(`${each}[${JSON.stringify(name)}]`, text, "a text, or null for the default");
  });
}

function checkPartitionChange(subject: string, value: unknown): void {
  const change = checkObject(subject, value);
  checkName(`${subject}.topic`, change["topic"]);
  checkInt32(`${subject}.partitionCount`, change["partitionCount"]);
  checkOptional(`${subject}.assignments`, change["assignments"], checkAssignments);
}

function checkResource(subject: string, value: unknown): void {
  const resource = checkObject(subject, value);
  checkChoice(`${subject}.type`, resource["type"], resourceTypes);
  checkText(`${subject}.name`, resource["name"]);
}

function checkConfigChange(subject: string, value: unknown): void {
  const change = checkObject(subject, value);
  checkChoice(`${subject}.op`, change["op"], ["set", "delete", "append", "subtract"]);
  checkText(`${subject}.name`, change["name"]);
  if (change["op"] !== "delete" && typeof change["value"] !== "string") throw invalid(`${subject}.value`, change["value"], "a text");
}

function checkQuotaMatch(subject: string, value: unknown): void {
  if (typeof value === "object" && value !== null) checkName(`${subject}.name`, fieldsOf(value)["name"]);
  else checkChoice(subject, value, ["default", "any"]);
}

function checkQuotaChange(subject: string, value: unknown): void {
  const change = checkObject(subject, value);
  checkChoice(`${subject}.op`, change["op"], ["set", "delete"]);
  checkName(`${subject}.name`, change["name"]);
  if (change["op"] === "set" && (typeof change["value"] !== "number" || !Number.isFinite(change["value"])))
    throw invalid(`${subject}.value`, change["value"], "a number");
}

function checkMember(subject: string, value: unknown): void {
  const { memberId, groupInstanceId } = checkObject(subject, value);
  checkOptional(`${subject}.memberId`, memberId, checkText);
  checkOptional(`${subject}.groupInstanceId`, groupInstanceId, checkText);
}

function checkOffsetSpec(subject: string, value: unknown): void {
  if (typeof value === "object" && value !== null) checkTimestamp(`${subject}.timestamp`, fieldsOf(value)["timestamp"]);
  else checkChoice(subject, value, offsetSpecs);
}
