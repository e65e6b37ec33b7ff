import { ErrorCode, errorInfo } from "@ottla/protocol";
import type { AnswerShape, ListShape } from "./answer-shapes.ts";
import type { FaultMatch } from "./fault-spec.ts";
import { type Fields, INDEX_FIELDS, indexOf, type NamedTopic, type TopicNameOf, TOPIC_NAME_FIELDS, topicOf } from "./request-names.ts";

/** What an error is to stand at. */
export interface Refusal {
  readonly match: FaultMatch;
  readonly errorCode: number;
}

/** A request of which a part is refused. */
export interface Split {
  /** What is left to be handled; undefined: nothing. */
  readonly rest: Fields | undefined;
  /** The answer to the part that is refused. */
  readonly refused: Fields;
}

/** Stands in answers that have a place for words, for who wonders where an error came from. */
const MESSAGE = "This error was asked for by a fault.";
/** Fields that an element of an answer has in common with the one that it answers. */
const SAME_FIELDS: readonly string[] = ["topicId", "groupId", "transactionalId", "resourceType", "resourceName", "producerId"];
const NAME_FIELDS: readonly string[] = [...TOPIC_NAME_FIELDS, "groupId", "transactionalId", "key"];

/** Whether the error is one of the answer as a whole. */
export function isOfWhole(shape: AnswerShape, { match, errorCode }: Refusal): boolean {
  if (shape.top === "never") return false;
  if (shape.top === "unnamed") return !namesTopic(match) && match.partition === undefined;
  return shape.top.includes(errorInfo(errorCode).name);
}

/** The answer to a request that is refused as a whole. */
export function wholeAnswer(shape: AnswerShape, errorCode: number): Fields {
  return shape.make({ errorCode }) as Fields;
}

/** Takes out of a request what is to be refused. Where nothing in its lists matches, all of it is refused. */
export function split(shape: AnswerShape, request: Fields, refusal: Refusal, nameOf: TopicNameOf): Split {
  const list = shape.lists.find(({ asked }) => isFilled(request[asked]));
  if (list === undefined || isOfWhole(shape, refusal)) return { rest: undefined, refused: wholeAnswer(shape, refusal.errorCode) };
  const { kept, refused } = splitList(list, request[list.asked] as unknown[], refusal, nameOf);
  return {
    rest: kept.length > 0 ? { ...request, [list.asked]: kept } : undefined,
    refused: shape.make({ [list.answered]: refused }) as Fields,
  };
}

/** Puts what was refused into the answer to the rest. */
export function merge(shape: AnswerShape, answer: Fields, refused: Fields): Fields {
  const merged: Record<string, unknown> = { ...answer };
  for (const list of shape.lists) merged[list.answered] = mergeLists(list, elementsOf(answer, list), elementsOf(refused, list));
  return merged;
}

/**
 * Lays an error over an answer, at all in it that matches. `unanswered`: topics that the answer may leave out, as a fetch session does with those that have no news; the
 * error is added for them.
 */
export function overlay(
  shape: AnswerShape,
  answer: Fields,
  refusal: Refusal,
  nameOf: TopicNameOf,
  unanswered: readonly NamedTopic[] = [],
): Fields {
  const overlaid: Record<string, unknown> = { ...answer };
  for (const list of shape.lists) {
    const elements = overlayList(list, elementsOf(answer, list), refusal, nameOf);
    overlaid[list.answered] = list.below ? withUnanswered(list, list.below, elements, refusal, unanswered) : elements;
  }
  return overlaid;
}

/** Whether a fault that names topics or partitions means this one. */
export function meansTopic(match: FaultMatch, named: NamedTopic): boolean {
  const { partitions } = named;
  return meansTopicName(match, named) && (match.partition === undefined || !partitions || partitions.includes(match.partition));
}

function meansTopicName(match: FaultMatch, { topic, topicId }: NamedTopic): boolean {
  return (match.topic === undefined || match.topic === topic) && (match.topicId === undefined || match.topicId === topicId);
}

export function namesTopic({ topic, topicId }: FaultMatch): boolean {
  return topic !== undefined || topicId !== undefined;
}

function splitList(
  list: ListShape,
  elements: readonly unknown[],
  refusal: Refusal,
  nameOf: TopicNameOf,
): { kept: unknown[]; refused: object[] } {
  const kept: unknown[] = [];
  const refused: object[] = [];
  for (const element of elements) {
    const made = identified(list, element, nameOf);
    if (!means(list, element, refusal.match, nameOf)) kept.push(element);
    else if (!goesInside(list, made, refusal.match)) refused.push(withError(made, refusal.errorCode, list));
    else {
      const { asked, answered } = list.below!;
      const inside = splitList(list.below!, ((element as Fields)[asked] ?? []) as unknown[], refusal, nameOf);
      if (inside.kept.length > 0) kept.push({ ...(element as Fields), [asked]: inside.kept });
      if (inside.refused.length > 0) refused.push({ ...made, [answered]: inside.refused });
    }
  }
  return { kept, refused };
}

function overlayList(list: ListShape, elements: readonly unknown[], refusal: Refusal, nameOf: TopicNameOf): unknown[] {
  return elements.map((element) => {
    if (!means(list, element, refusal.match, nameOf)) return element;
    const made = identified(list, element, nameOf);
    if (goesInside(list, made, refusal.match)) {
      const { answered } = list.below!;
      return { ...(element as Fields), [answered]: overlayList(list.below!, (element as Fields)[answered] as unknown[], refusal, nameOf) };
    }
    return list.keepsRest ? leaderless(withError(element as Fields, refusal.errorCode, list)) : withError(made, refusal.errorCode, list);
  });
}

/** A partition whose leader is not available is not told with one. */
function leaderless(partition: Fields): Fields {
  return partition["errorCode"] === ErrorCode.LEADER_NOT_AVAILABLE ? { ...partition, leaderId: -1 } : partition;
}

function withUnanswered(
  list: ListShape,
  below: ListShape,
  elements: readonly unknown[],
  { match, errorCode }: Refusal,
  unanswered: readonly NamedTopic[],
): unknown[] {
  const added = unanswered
    .filter((topic) => meansTopic(match, topic))
    .map((topic) => {
      const partitions = (topic.partitions ?? []).filter((index) => match.partition === undefined || match.partition === index);
      const refused = partitions.map((index) =>
        withError(
          identified(below, index, () => ""),
          errorCode,
          below,
        ),
      );
      return { ...identified(list, topic, () => ""), [below.answered]: refused };
    });
  return mergeLists(list, elements, added);
}

/** The second list's elements beside, or inside, those of the first; what is in both stays as it is in the first. */
function mergeLists(list: ListShape, first: readonly unknown[], second: readonly unknown[]): unknown[] {
  const { below } = list;
  const merged = [...first];
  const places = new Map(first.map((element, at) => [identityOf(element as Fields), at]));
  for (const element of second) {
    const at = places.get(identityOf(element as Fields));
    if (at === undefined) merged.push(element);
    else if (below) {
      const other = merged[at] as Fields;
      merged[at] = { ...other, [below.answered]: mergeLists(below, elementsOf(other, below), elementsOf(element as Fields, below)) };
    }
  }
  return merged;
}

function identityOf(element: Fields): string {
  return JSON.stringify([...NAME_FIELDS, ...SAME_FIELDS, ...INDEX_FIELDS].map((field) => element[field]));
}

/** An element of an answer that says for whom it is, and no more. */
function identified(list: ListShape, element: unknown, nameOf: TopicNameOf): Fields {
  const made = { ...list.make({}) } as Record<string, unknown>;
  if (isPartitionList(list)) {
    made[fieldIn(made, INDEX_FIELDS)] = indexOf(element);
    return made;
  }
  if (typeof element === "string") {
    made[fieldIn(made, NAME_FIELDS)] = element;
    return made;
  }
  const fields = element as Fields;
  for (const field of SAME_FIELDS) if (field in made && field in fields) made[field] = fields[field];
  // Users of SCRAM.
  if ("user" in made) made["user"] = fields["name"];
  const nameField = TOPIC_NAME_FIELDS.find((field) => field in made);
  if (nameField !== undefined) made[nameField] = topicOf(element, nameOf).topic;
  return made;
}

function means(list: ListShape, element: unknown, match: FaultMatch, nameOf: TopicNameOf): boolean {
  if (isPartitionList(list)) return match.partition === undefined || match.partition === indexOf(element);
  const name = typeof element === "string" ? element : undefined;
  switch (list.asked) {
    case "groups":
    case "groupIds":
    case "groupsNames":
      return match.group === undefined || match.group === (name ?? (element as Fields)["groupId"]);
    case "transactions":
    case "transactionalIds":
      return match.transactionalId === undefined || match.transactionalId === (name ?? (element as Fields)["transactionalId"]);
    case "coordinatorKeys":
      return (match.group ?? match.transactionalId ?? name) === name;
    case "resources": {
      const wanted = match.topic ?? match.group;
      return wanted === undefined || wanted === (element as Fields)["resourceName"];
    }
    case "markers":
    case "deletions":
    case "upsertions":
      return true;
    default:
      return meansTopicName(match, topicOf(element, nameOf));
  }
}

/** Whether the error stands further down: the element itself has no place for it, or the fault names what is inside. */
function goesInside(list: ListShape, made: Fields, match: FaultMatch): boolean {
  if (!list.below) return false;
  if (errorField(made) === undefined) return true;
  return match.partition !== undefined || (list.asked === "groups" && namesTopic(match));
}

function withError(made: Fields, errorCode: number, { isWordless }: ListShape): Fields {
  const field = errorField(made);
  if (field === undefined) return made;
  return { ...made, [field]: errorCode, ...("errorMessage" in made && !isWordless && { errorMessage: MESSAGE }) };
}

function errorField(made: Fields): string | undefined {
  return "errorCode" in made ? "errorCode" : "partitionErrorCode" in made ? "partitionErrorCode" : undefined;
}

function fieldIn(made: Fields, fields: readonly string[]): string {
  return fields.find((field) => field in made) ?? "";
}

function isPartitionList({ asked }: ListShape): boolean {
  return asked === "partitions" || asked === "partitionData" || asked === "partitionIndexes";
}

function elementsOf(message: Fields, { answered }: ListShape): readonly unknown[] {
  return (message[answered] ?? []) as readonly unknown[];
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}
