/** What a message is to code that knows no single API. */
export type Fields = Readonly<Record<string, unknown>>;

/** A topic as a request names it. */
export interface NamedTopic {
  /** Empty where the request has an id that no topic has. */
  readonly topic: string;
  readonly topicId: string;
  /** Undefined: the topic as a whole. */
  readonly partitions: readonly number[] | undefined;
}

/** What a request is about. */
export interface RequestNames {
  readonly topics: NamedTopic[];
  readonly groups: string[];
  readonly transactionalIds: string[];
}

/** The name of the topic with an id; "" where there is none. */
export type TopicNameOf = (topicId: string) => string;

const TOPIC_LISTS: readonly string[] = ["topics", "topicData", "topicPartitions", "topicNames", "subscribedTopicNames", "v3AndBelowTopics"];
const GROUP_LISTS: readonly string[] = ["groups", "groupIds", "groupsNames"];
const TRANSACTION_LISTS: readonly string[] = ["transactions", "transactionalIds"];
/** Lists of things that are none of these and have topics inside. */
const OUTER_LISTS: readonly string[] = ["dirs", "markers"];
const PARTITION_LISTS: readonly string[] = ["partitions", "partitionData", "partitionIndexes"];
export const TOPIC_NAME_FIELDS: readonly string[] = ["name", "topic", "topicName"];
export const INDEX_FIELDS: readonly string[] = ["index", "partition", "partitionIndex", "partitionId"];
const GROUP_KEY = 0;
const TRANSACTION_KEY = 1;
const TOPIC_RESOURCE = 2;
const GROUP_RESOURCE = 32;

/** Topics, groups and transactional ids that a request of any API names. Kafka's message definitions call them by few names. */
export function namesIn(request: Fields, nameOf: TopicNameOf): RequestNames {
  const names: RequestNames = { topics: [], groups: [], transactionalIds: [] };
  collect(request, names, nameOf);
  return names;
}

/** The topic that an element of a list stands for. */
export function topicOf(element: unknown, nameOf: TopicNameOf): NamedTopic {
  if (typeof element === "string") return { topic: element, topicId: "", partitions: undefined };
  const fields = element as Fields;
  const topicId = text(fields["topicId"]);
  const topic = text(fields[TOPIC_NAME_FIELDS.find((field) => text(fields[field]) !== "") ?? ""]) || nameOf(topicId);
  const list = PARTITION_LISTS.find((field) => Array.isArray(fields[field]));
  return { topic, topicId, partitions: list === undefined ? undefined : elements(fields[list]).map(indexOf) };
}

/** The partition that an element of a list stands for. */
export function indexOf(element: unknown): number {
  if (typeof element === "number") return element;
  const fields = element as Fields;
  return fields[INDEX_FIELDS.find((field) => typeof fields[field] === "number") ?? ""] as number;
}

function collect(fields: Fields, names: RequestNames, nameOf: TopicNameOf): void {
  if (text(fields["groupId"]) !== "") names.groups.push(text(fields["groupId"]));
  const transactionalId = text(fields["transactionalId"]) || text(fields["v3AndBelowTransactionalId"]);
  if (transactionalId !== "") names.transactionalIds.push(transactionalId);
  for (const list of TOPIC_LISTS) for (const each of elements(fields[list])) names.topics.push(topicOf(each, nameOf));
  for (const list of GROUP_LISTS) for (const each of elements(fields[list])) nameOrInside(each, names.groups, names, nameOf);
  for (const list of TRANSACTION_LISTS)
    for (const each of elements(fields[list])) nameOrInside(each, names.transactionalIds, names, nameOf);
  for (const list of OUTER_LISTS) for (const each of elements(fields[list])) collect(each as Fields, names, nameOf);
  collectResources(fields, names);
  collectCoordinatorKeys(fields, names);
}

/** A list of names, or of what has a name and more. */
function nameOrInside(each: unknown, into: string[], names: RequestNames, nameOf: TopicNameOf): void {
  if (typeof each === "string") into.push(each);
  else collect(each as Fields, names, nameOf);
}

function collectResources(fields: Fields, names: RequestNames): void {
  for (const resource of elements(fields["resources"]) as Fields[]) {
    const name = text(resource["resourceName"]);
    if (resource["resourceType"] === TOPIC_RESOURCE) names.topics.push({ topic: name, topicId: "", partitions: undefined });
    if (resource["resourceType"] === GROUP_RESOURCE) names.groups.push(name);
  }
}

function collectCoordinatorKeys(fields: Fields, names: RequestNames): void {
  if (!Array.isArray(fields["coordinatorKeys"])) return;
  const keys = [text(fields["key"]), ...(fields["coordinatorKeys"] as string[])].filter((key) => key !== "");
  if (fields["keyType"] === GROUP_KEY) names.groups.push(...keys);
  if (fields["keyType"] === TRANSACTION_KEY) names.transactionalIds.push(...keys);
}

function elements(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
