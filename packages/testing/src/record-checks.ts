import { type Check, checkName, fieldsOf, listOf, oneOf, refuse, unchecked, waitFields, wholeNumber } from "./argument-checks.ts";

const decoder: Check = (subject, value) => {
  if (typeof value !== "function") oneOf("text", "json", "bytes")(subject, value);
};

const readFields: Readonly<Record<string, Check>> = {
  isolationLevel: oneOf("read_committed", "read_uncommitted"),
  key: decoder,
  value: decoder,
  headers: decoder,
};

/** How a topic is read. */
export const checkReadOptions: Check = fieldsOf(readFields);
/** What is expected of it, and for how long. */
export const checkExpectOptions: Check = fieldsOf({ ...readFields, ...waitFields });

/** A text or null alone is the value. What the fields hold is looked at by the producer. */
function record(fields: Readonly<Record<string, Check>>): Check {
  const checkFields = fieldsOf(fields);
  return (subject, value) => {
    if (typeof value === "string" || value === null) return;
    if (typeof value !== "object") refuse(subject, value, "a text, null, or an object with what matters of the record");
    checkFields(subject, value);
  };
}

const expectedFields = {
  topic: unchecked,
  partition: unchecked,
  offset: unchecked,
  timestamp: unchecked,
  key: unchecked,
  value: unchecked,
  headers: unchecked,
};

/** Records that a test expects. */
export const checkExpected: Check = listOf(record(expectedFields));

/** Records to produce. */
export const checkNewRecords: Check = listOf(
  record({ partition: unchecked, timestamp: unchecked, key: unchecked, value: unchecked, headers: unchecked }),
);

const topicFields = fieldsOf({
  partitions: wholeNumber(-1),
  replicationFactor: wholeNumber(-1),
  configs: (subject, value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(subject, value, "an object of Kafka's names and texts");
    for (const [name, each] of Object.entries(value)) if (typeof each !== "string") refuse(`${subject}["${name}"]`, each, "a text");
  },
  records: checkNewRecords,
});

/** How a topic is to be: a number of partitions, or more. */
export const checkTopicOptions: Check = (subject, value) => {
  if (typeof value === "number") wholeNumber(-1)(subject, value);
  else if (typeof value === "object" && value !== null) topicFields(subject, value);
  else refuse(subject, value, "a number of partitions, or an object");
};

/** Topics by name. */
export const checkTopics: Check = (subject, value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(subject, value, "an object, such as { orders: 3 }");
  for (const [name, each] of Object.entries(value)) {
    checkName(`a name in ${subject}`, name);
    checkTopicOptions(`${subject}["${name}"]`, each);
  }
};
