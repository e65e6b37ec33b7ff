import { scopesOf } from "../../catalogue/settings-catalogue.ts";
import type { Entry } from "../document.ts";
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
  [/^KAFKA_(?:SASL_)?USER(?:_?NAME)?$|^KAFKA_API_KEY$/, "sasl.username"],
  [/^KAFKA_(?:SASL_)?PASSWORD$|^KAFKA_API_SECRET$/, "sasl.password"],
  [/^(?:KAFKA_)?SCHEMA_REGISTRY_(?:BASIC_AUTH_)?USER_INFO$/, "basic.auth.user.info"],
];

/** Only with one of these is an environment one of a client of Kafka. */
const TELLING = /KAFKA|BOOTSTRAP_SERVERS|SCHEMA_REGISTRY/;

/** Keys that no program would have for anything else. */
const LOGIN = /^(?:sasl|ssl)\./;

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
    const key = TELLING.test(name) ? (COMMON.find(([pattern]) => pattern.test(name))?.[1] ?? ownName(name)) : undefined;
    return key === undefined || value === "" ? [] : [{ key, value, line, spelling: name }];
  });
  if (!entries.some(({ key }) => key === "bootstrap.servers" || LOGIN.test(key))) return spring;
  const kind = "client" as const;
  const documentOf = (own: readonly Entry[]): FoundDocument => ({
    document: { file, part, kind, entries: own, hosts, ...(owner !== undefined && { owner }), isPartial: true },
  });
  // Two names for one setting are two programs', or one's way out: neither hides the other.
  const first = new Map(entries.toReversed().map(({ key, spelling }) => [key, spelling]));
  const others = entries.filter(({ key, spelling }) => first.get(key) !== spelling);
  return [...spring, documentOf(entries.filter((entry) => !others.includes(entry))), ...others.map((entry) => documentOf([entry]))];
}

/** `KAFKA_ENABLE_IDEMPOTENCE` as the client's own setting. Of one word alone it may be a program's own: `KAFKA_RETRIES`. */
function ownName(name: string): string | undefined {
  const [, words] = /^KAFKA_([A-Z0-9]+(?:_[A-Z0-9]+)+)$/.exec(name) ?? [];
  const key = words?.toLowerCase().replaceAll("_", ".");
  return key !== undefined && scopesOf(key).some((scope) => scope === "producer" || scope === "consumer") ? key : undefined;
}

/** `SPRING_KAFKA_CONSUMER_GROUPID` as `spring.kafka.consumer.groupid`, which relaxed binding takes. */
function asProperty({ name, value, line }: FlatPair): FlatPair {
  return { name: name.startsWith("SPRING_") ? name.toLowerCase().replaceAll("_", ".") : name, value, line };
}
