import { OttlaError } from "@ottla/base";
import type { ResourceFailure } from "./output.ts";

/** One wording for what is not there, whichever command and whichever broker says so. */
function missing(kind: ResourceKind, name: string): string {
  return `There is no ${kind} "${name}"; "ottla ${LISTS[kind]} list" shows those there are.`;
}

type ResourceKind = "topic" | "group" | "transactional id";

const LISTS: Readonly<Record<ResourceKind, string>> = { topic: "topics", group: "groups", "transactional id": "transactions" };
const MISSING_CODES: Readonly<Record<ResourceKind, string>> = {
  topic: "UNKNOWN_TOPIC_OR_PARTITION",
  group: "GROUP_ID_NOT_FOUND",
  "transactional id": "TRANSACTIONAL_ID_NOT_FOUND",
};

/** The error of a command that cannot go on without the topic. */
export function unknownTopic(name: string): OttlaError {
  return new OttlaError("UNKNOWN_TOPIC", missing("topic", name));
}

/** The error of a command that cannot go on without the partition. */
export function unknownPartition(topic: string, partition: number, partitionCount: number): OttlaError {
  return new OttlaError("UNKNOWN_PARTITION", `The topic ${topic} has partitions 0 to ${partitionCount - 1}, not ${partition}.`);
}

/** What a broker answered for one of several topics or groups. */
export function resourceFailure(
  kind: ResourceKind,
  name: string,
  { code, message }: { readonly code: string; readonly message: string },
): ResourceFailure {
  return { name, error: code, message: code === MISSING_CODES[kind] ? missing(kind, name) : message };
}
