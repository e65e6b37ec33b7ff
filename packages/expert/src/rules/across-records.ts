import type { AvroField } from "../lint/avro-schema.ts";
import { TOPIC_NAME } from "../lint/topic-entries.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import { isPersonal } from "./field-names.ts";
import type { Project } from "./project.ts";

const KAFKAJS = `import { Kafka } from "kafkajs";\nconst producer = new Kafka({ brokers }).producer();\n`;
const TOPIC = (policy: string): string =>
  JSON.stringify({ topics: [{ name: "shop.prices", partitions: 6, replicationFactor: 3, configs: { "cleanup.policy": policy } }] });
const PERSON = (field: string): string =>
  JSON.stringify({
    type: "record",
    name: "Customer",
    namespace: "shop",
    doc: "A customer.",
    fields: [{ name: field, type: "string", doc: "Theirs." }],
  });
const ACLS = (principal: string, operation = "Read"): string =>
  `principal,resource-type,resource-name,pattern-type,operation,permission,host\n${principal},Topic,*,LITERAL,${operation},Allow,*\nUser:a,Topic,a,LITERAL,Read,Allow,*\n`;

/** Rules over what records are, and what topics and rights say of it. */
export const acrossRecords: readonly AcrossRule[] = [
  {
    id: "TOP-15",
    name: "compact-null-key",
    severity: "error",
    confidence: "high",
    condition: "a program sends records without a key to a topic that is defined with cleanup.policy=compact",
    why: "Brokers refuse a record without a key in a compacted topic: the send fails with INVALID_RECORD.",
    fix: "Send with the id of what it is about as the key, or give the topic cleanup.policy=delete.",
    source: "Apache Kafka documentation, log compaction",
    check: keyless,
    examples: [
      {
        files: {
          "topics.json": TOPIC("compact"),
          "prices.ts": `${KAFKAJS}await producer.send({ topic: "shop.prices", messages: [{ value: price }] });`,
        },
        hits: 1,
      },
      {
        files: {
          "topics.json": TOPIC("compact"),
          "prices.ts": `${KAFKAJS}await producer.send({ topic: "shop.prices", messages: [{ key: price.id, value: price }] });`,
        },
        hits: 0,
      },
      {
        files: {
          "topics.json": TOPIC("delete"),
          "prices.ts": `${KAFKAJS}await producer.send({ topic: "shop.prices", messages: [{ value: price }] });`,
        },
        hits: 0,
      },
    ],
  },
  {
    id: "SEC-14",
    name: "pii-topic",
    severity: "warning",
    confidence: "needs context",
    profiles: ["prod", "critical"],
    condition: "an Avro schema has fields that tell of persons, by their names, and an ACL allows everybody to read every topic",
    why: "Whoever reaches a broker has the names, addresses and cards of your customers.",
    fix: "Allow Read to the programs that need it, by name; give the others a copy without these fields (the MaskField transformation of Connect, or a stream).",
    source: "GDPR article 32",
    check: openToAll,
    examples: [
      { files: { "customer.avsc": PERSON("email"), "acls.csv": ACLS("User:*") }, hits: 1 },
      { files: { "customer.avsc": PERSON("tier"), "acls.csv": ACLS("User:*") }, hits: 0 },
      { files: { "customer.avsc": PERSON("email"), "acls.csv": ACLS("User:mailer") }, hits: 0 },
      { files: { "customer.avsc": PERSON("email"), "acls.csv": ACLS("User:*", "Describe") }, hits: 0 },
    ],
  },
];

function keyless({ topics, sends }: Project): readonly AcrossHit[] {
  return sends.flatMap(({ file, line, topic, hasKey }): readonly AcrossHit[] => {
    if (hasKey) return [];
    const defined = topics.find((each) => each.given(TOPIC_NAME) === topic && (each.given("cleanup.policy") ?? "").includes("compact"));
    if (defined === undefined) return [];
    const { document } = defined;
    return [
      {
        document: { file, part: `records of ${topic}`, kind: "producer", entries: [{ key: TOPIC_NAME, value: topic, line }] },
        key: TOPIC_NAME,
        message: `Records without a key are sent to ${topic}, which is compacted: brokers refuse them.`,
        evidence: `${document.file}:${defined.entry("cleanup.policy")!.line} has cleanup.policy=${defined.given("cleanup.policy")}`,
      },
    ];
  });
}

function openToAll({ all, schemas }: Project): readonly AcrossHit[] {
  const open = all.filter(
    (acl) =>
      acl.isOf("acl") &&
      acl.given("permission") === "allow" &&
      acl.given("principal") === "User:*" &&
      acl.given("resource-type") === "topic" &&
      acl.given("resource-name") === "*" &&
      ["read", "all"].includes(acl.given("operation") ?? ""),
  );
  const personal = schemas.flatMap(({ file, fields }) =>
    fields.filter(({ name }: AvroField) => isPersonal(name)).map(({ record, name }) => `${record}.${name} (${file})`),
  );
  if (personal.length === 0) return [];
  return open.map(({ document }) => ({
    document,
    key: "principal",
    message: "Everybody may read every topic, and some of them tell of persons.",
    evidence: `${personal.slice(0, 3).join(", ")}${personal.length > 3 ? ` and ${personal.length - 3} more` : ""}`,
  }));
}
