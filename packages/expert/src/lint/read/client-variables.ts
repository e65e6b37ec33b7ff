import { springDocuments } from "./spring-settings.ts";
import type { FoundDocument } from "./source-file.ts";
import type { FlatPair } from "./tree.ts";

/** Variables by which programs are commonly told where the cluster is and how to log in, and the settings that they stand for. */
const COMMON: readonly (readonly [RegExp, string])[] = [
  [/^(?:KAFKA_)?(?:BOOTSTRAP_SERVERS?|BROKERS?|BROKER_LIST|BROKERS?_URLS?|URL)$/, "bootstrap.servers"],
  [/^KAFKA_(?:CONSUMER_)?GROUP(?:_ID)?$/, "group.id"],
  [/^KAFKA_CLIENT_ID$/, "client.id"],
  [/^KAFKA_SECURITY_PROTOCOL$/, "security.protocol"],
  [/^KAFKA_SASL_MECHANISM$/, "sasl.mechanism"],
  [/^KAFKA_AUTO_OFFSET_RESET$/, "auto.offset.reset"],
  [/^KAFKA_ACKS$/, "acks"],
  [/^KAFKA_TRANSACTIONAL_ID$/, "transactional.id"],
];

/** Only with one of these is an environment one of a client of Kafka. */
const TELLING = /KAFKA|BOOTSTRAP_SERVERS/;

/** Where variables stand, and whose they are. */
interface Place {
  readonly file: string;
  readonly part: string | undefined;
  readonly owner: string | undefined;
  readonly hosts: readonly string[];
}

/** What a program's environment tells it of Kafka: by Spring's names, else by those that are common. */
export function clientVariables(container: Place, variables: readonly FlatPair[]): readonly FoundDocument[] {
  const { file, part, owner, hosts } = container;
  const spring = springDocuments(file, part, variables.map(asProperty)).map(({ document }) => ({
    document: { ...document, hosts, ...(owner !== undefined && { owner }) },
  }));
  const entries = variables.flatMap(({ name, value, line }) => {
    const key = TELLING.test(name) ? COMMON.find(([pattern]) => pattern.test(name))?.[1] : undefined;
    return key === undefined || value === "" ? [] : [{ key, value, line, spelling: name }];
  });
  if (!entries.some(({ key }) => key === "bootstrap.servers")) return spring;
  return [...spring, { document: { file, part, kind: "client", entries, hosts, ...(owner !== undefined && { owner }), isPartial: true } }];
}

/** `SPRING_KAFKA_CONSUMER_GROUPID` as `spring.kafka.consumer.groupid`, which relaxed binding takes. */
function asProperty({ name, value, line }: FlatPair): FlatPair {
  return { name: name.startsWith("SPRING_") ? name.toLowerCase().replaceAll("_", ".") : name, value, line };
}
