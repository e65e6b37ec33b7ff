import type { DesignedClient, DesignedFailures, DesignedSystem, Reasoned } from "../designed-system.ts";
import { reasonText } from "./client-properties.ts";
import { generatedBy, type OutputFile } from "./output-file.ts";

/** How our client names what Kafka names with points. What is left out has no option of ours. */
const OPTIONS: Readonly<Record<string, string>> = {
  acks: "acks",
  "enable.idempotence": "idempotent",
  "delivery.timeout.ms": "deliveryTimeoutMs",
  "linger.ms": "lingerMs",
  "batch.size": "batchSizeBytes",
  "compression.type": "compression",
  "buffer.memory": "bufferMemoryBytes",
  "max.request.size": "maxRequestSizeBytes",
  "transactional.id": "transactionalId",
  "transaction.timeout.ms": "transactionTimeoutMs",
  "group.id": "groupId",
  "group.protocol": "groupProtocol",
  "group.instance.id": "groupInstanceId",
  "session.timeout.ms": "sessionTimeoutMs",
  "heartbeat.interval.ms": "heartbeatIntervalMs",
  "enable.auto.commit": "enableAutoCommit",
  "auto.offset.reset": "autoOffsetReset",
  "isolation.level": "isolationLevel",
  "max.poll.records": "maxPollRecords",
  "max.poll.interval.ms": "maxPollIntervalMs",
  "fetch.min.bytes": "fetchMinBytes",
  "max.partition.fetch.bytes": "maxPartitionFetchBytes",
  "allow.auto.create.topics": "allowAutoCreateTopics",
};
const ASSIGNMENT = "partition.assignment.strategy";

/** A module for each service with the options of `@ottla/client`. */
export function typescriptFiles(system: DesignedSystem): readonly OutputFile[] {
  const services = [...new Set(system.clients.filter(({ role }) => role !== "streams").map(({ service }) => service))];
  return services.map((service) => ({ path: `clients/${service}/kafka.ts`, text: moduleText(system, service) }));
}

function moduleText(system: DesignedSystem, service: string): string {
  const clients = system.clients.filter((client) => client.service === service && client.role !== "streams");
  const failures = system.failures.find((each) => each.service === service);
  const types = [
    "ClientOptions",
    ...clients.map(({ role }) => (role === "producer" ? "ProducerOptions" : "ConsumerOptions")),
    ...(failures ? ["ErrorStrategy"] : []),
  ];
  const username = clients[0]?.username;
  const isClassic = clients.some(({ settings }) => settings.some(({ name }) => name === ASSIGNMENT));
  const text = clients.map((client) => optionsText(client)).join("\n");
  return [
    `// ${generatedBy(system.system)}`,
    ...(isClassic ? ['import { cooperativeStickyAssignor } from "@ottla/client";'] : []),
    `import type { ${types.toSorted().join(", ")} } from "@ottla/client";`,
    "",
    ...(text.includes("${variable(") || username !== undefined || system.cluster.bootstrap === undefined ? [VARIABLE] : []),
    "export const clientOptions = {",
    `  bootstrapServers: ${system.cluster.bootstrap === undefined ? 'variable("BOOTSTRAP_SERVERS")' : JSON.stringify(system.cluster.bootstrap)},`,
    `  clientId: ${JSON.stringify(service)},`,
    ...(username === undefined
      ? []
      : [
          "  /** nobody on the way reads or changes anything; TLS_CA is a file for an authority of one's own */",
          '  tls: process.env["TLS_CA"] === undefined ? true : { caFile: process.env["TLS_CA"] },',
          `  sasl: { mechanism: "SCRAM-SHA-512", username: ${JSON.stringify(username)}, password: variable("KAFKA_PASSWORD") },`,
        ]),
    "} satisfies ClientOptions;",
    "",
    text,
    ...(failures ? [failureText(failures)] : []),
  ].join("\n");
}

/** Instances without a name would take each other's transactions: it has to be there. */
const VARIABLE = `function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(\`The variable \${name} is not set.\`);
  return value;
}
`;

function optionsText({ role, settings }: DesignedClient): string {
  const type = role === "producer" ? "ProducerOptions" : "ConsumerOptions";
  return `export const ${role}Options = {\n${settings.flatMap(optionLines).join("\n")}\n} satisfies ${type};\n`;
}

function optionLines(setting: Reasoned): readonly string[] {
  if (setting.name === ASSIGNMENT) return [docComment(setting), "  assignors: [cooperativeStickyAssignor],"];
  const option = OPTIONS[setting.name];
  return option === undefined ? [] : [docComment(setting), `  ${option}: ${literal(setting)},`];
}

function docComment(setting: Reasoned): string {
  return `  /** ${reasonText(setting)
    .replaceAll("*/", "* /")
    .replaceAll(/[\r\n]+/g, " ")} */`;
}

function literal({ value }: Reasoned): string {
  if (/^-?\d+$/.test(value) || value === "true" || value === "false") return value;
  if (!value.includes("${env:")) return JSON.stringify(value);
  const template = value.replaceAll(/[`\\]/g, "\\$&").replaceAll(/\$\{env:(\w+)\}/g, '${variable("$1")}');
  return `\`${template}\``;
}

function failureText({ retryTopics, deadLetterTopic }: DesignedFailures): string {
  const retries = retryTopics.map(({ delayMs, topic }) => `    { delayMs: ${delayMs}, topic: ${JSON.stringify(topic)} },`);
  return [
    "/** For `consumer.run({ onError })`: first in place, then by the topics; none of them is made by the client. */",
    "export const onError = {",
    ...(retries.length > 0 ? ["  retryTopics: [", ...retries, "  ],"] : []),
    ...(deadLetterTopic === undefined ? [] : [`  deadLetterTopic: ${JSON.stringify(deadLetterTopic)},`]),
    "  createTopics: false,",
    "} satisfies ErrorStrategy;",
    "",
  ].join("\n");
}
