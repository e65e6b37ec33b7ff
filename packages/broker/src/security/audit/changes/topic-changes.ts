import type { CreatePartitionsRequest, CreatePartitionsResponse } from "@ottla/protocol/apis/create-partitions";
import type { CreateTopicsRequest, CreateTopicsResponse } from "@ottla/protocol/apis/create-topics";
import type { DeleteRecordsRequest, DeleteRecordsResponse } from "@ottla/protocol/apis/delete-records";
import type { DeleteTopicsRequest, DeleteTopicsResponse } from "@ottla/protocol/apis/delete-topics";
import { ErrorCode } from "@ottla/protocol";
import { type ChangeReader, changeItem } from "./change-item.ts";
import { shownConfigs } from "./config-changes.ts";

export const createdTopics: ChangeReader<CreateTopicsRequest, CreateTopicsResponse> = (request, { topics }) => {
  const wishes = new Map(request.topics.map((topic) => [topic.name, topic]));
  return topics.map(({ name, errorCode, ...made }) => {
    const { numPartitions, replicationFactor, assignments, configs } = wishes.get(name) ?? NO_WISH;
    const wished = assignments.length > 0 ? { partitions: assignments.length } : { partitions: numPartitions, replicationFactor };
    const counts = made.numPartitions < 0 ? wished : { partitions: made.numPartitions, replicationFactor: made.replicationFactor };
    const detail = { ...counts, ...(configs.length > 0 && { configs: shownConfigs("TOPIC", configs) }) };
    return changeItem({ action: "create", type: "TOPIC", name, errorCode, detail, isCheckOnly: request.validateOnly });
  });
};

const NO_WISH = { numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] };

export const deletedTopics: ChangeReader<DeleteTopicsRequest, DeleteTopicsResponse> = (_request, { responses }) =>
  responses.map(({ name, topicId, errorCode }) =>
    changeItem({ action: "delete", type: "TOPIC", name, errorCode, detail: name === null ? { topicId } : undefined }),
  );

export const addedPartitions: ChangeReader<CreatePartitionsRequest, CreatePartitionsResponse> = (request, { results }) => {
  const counts = new Map(request.topics.map(({ name, count }) => [name, count]));
  return results.map(({ name, errorCode }) => {
    const detail = { partitions: counts.get(name) };
    return changeItem({ action: "alter", type: "TOPIC", name, errorCode, detail, isCheckOnly: request.validateOnly });
  });
};

/** One for each topic; its first failure counts. */
export const deletedRecords: ChangeReader<DeleteRecordsRequest, DeleteRecordsResponse> = (_request, { topics }) =>
  topics.map(({ name, partitions }) => {
    const errorCode = partitions.find((partition) => partition.errorCode !== ErrorCode.NONE)?.errorCode ?? ErrorCode.NONE;
    return changeItem({ action: "alter", type: "TOPIC", name, errorCode, detail: { recordsDeletedIn: partitions.length } });
  });
