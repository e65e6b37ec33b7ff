import { isTemplate, type Settings } from "../lint/settings.ts";
import { isClient } from "./client-rules.ts";
import { isSecret } from "./key-rules.ts";
import { evidenceOf, type Hit, type SettingsRule } from "./rule.ts";

const PROTOCOL = "security.protocol";
const MAP = "listener.security.protocol.map";
const AUTHORIZER = "authorizer.class.name";

/** The protocol of a listener: by the map, else by its name. */
function protocolOf(settings: Settings, name: string): string {
  const pair = settings.list(MAP).find((each) => each.split(":")[0]!.toUpperCase() === name.toUpperCase());
  return (pair?.split(":")[1] ?? name).toUpperCase();
}

/** Listeners that others than this machine reach, with their protocol. */
function openListeners(settings: Settings): readonly { readonly listener: string; readonly protocol: string }[] {
  return settings
    .list("listeners")
    .filter((listener) => !/:\/\/(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?):/i.test(listener))
    .map((listener) => ({ listener, protocol: protocolOf(settings, listener.split("://")[0]!) }));
}

function plaintext(settings: Settings): Hit[] {
  if (settings.isOf("broker"))
    return openListeners(settings)
      .filter(({ protocol }) => protocol === "PLAINTEXT" || protocol === "SASL_PLAINTEXT")
      .slice(0, 1)
      .map(({ listener, protocol }) => ({
        key: "listeners",
        message: `${listener} is ${protocol}: whoever is on the way reads and changes everything.`,
        evidence: evidenceOf(settings, "listeners"),
      }));
  if (!isClient(settings) || !settings.has("bootstrap.servers")) return [];
  const isLocal = settings.list("bootstrap.servers").every((server) => /^(localhost|127\.|\[?::1)/.test(server));
  const protocol = settings.has(PROTOCOL) ? settings.given(PROTOCOL) : "PLAINTEXT";
  return protocol?.endsWith("PLAINTEXT") && !isLocal && settings.given("bootstrap.servers") !== undefined
    ? [
        {
          key: PROTOCOL,
          message: `The client speaks ${protocol}${protocol === "SASL_PLAINTEXT" ? ", its password included" : ""}, readable for all on the way.`,
          evidence: evidenceOf(settings, PROTOCOL),
          settings: [{ key: PROTOCOL, value: protocol === "PLAINTEXT" ? "SSL" : "SASL_SSL" }],
        },
      ]
    : [];
}

function plainMechanism(settings: Settings): Hit | undefined {
  const key = settings.isOf("broker") ? "sasl.enabled.mechanisms" : "sasl.mechanism";
  if (settings.given(key) === undefined || !settings.list(key).includes("PLAIN")) return undefined;
  const isBare = settings.isOf("broker")
    ? openListeners(settings).some(({ protocol }) => protocol === "SASL_PLAINTEXT")
    : settings.given(PROTOCOL) === "SASL_PLAINTEXT";
  return {
    key,
    severity: isBare ? "error" : "warning",
    message: isBare ? "PLAIN without TLS sends passwords as they are." : "PLAIN hands the broker the password itself.",
    evidence: evidenceOf(settings, key),
  };
}

/** What people write where a secret is to be filled in. */
const PLACEHOLDER = /^(dummy|example|change-?me|todo|xxx+|\*+|<.*>|your[-_ ].*|replace.*)$/i;

function secretsInFile(settings: Settings): Hit[] {
  // An operator's resource names secrets; it does not hold them.
  if (settings.isOf("resource")) return [];
  return settings.entries.flatMap(({ key, value }): Hit[] => {
    const text = value.trim();
    if (!isSecret(key) || text === "" || isTemplate(text) || PLACEHOLDER.test(text)) return [];
    if (key.endsWith("jaas.config") && !holdsSecret(text)) return [];
    if (/(location|file|path|class|provider)$/i.test(key) || /^(true|false|\d+)$/.test(text)) return [];
    return [{ key, message: `${key} holds a secret in the open.`, evidence: `${key} (${text.length} characters, not shown)` }];
  });
}

/** Whether a JAAS line names a password or secret as it is. */
function holdsSecret(jaas: string): boolean {
  return [...jaas.matchAll(/(?:password|secret|user_\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;]+))/gi)].some(([, double, single, bare]) => {
    const value = double ?? single ?? bare ?? "";
    return value !== "" && !isTemplate(value);
  });
}

/** Rules over who may do what, and who can listen. */
export const securityRules: readonly SettingsRule[] = [
  {
    id: "SEC-01",
    name: "plaintext",
    severity: "error",
    confidence: "medium",
    condition: "a listener or client without TLS, beyond this machine",
    why: "Records, passwords and commands can be read and changed by whoever is on the way.",
    fix: "Use SASL_SSL or SSL.",
    source: "Apache Kafka documentation, security",
    profiles: ["prod", "critical"],
    check: plaintext,
    examples: [
      { kind: "broker", settings: { listeners: "PLAINTEXT://0.0.0.0:9092" }, hits: 1 },
      { kind: "broker", settings: { listeners: "PLAINTEXT://127.0.0.1:9092" }, hits: 0 },
      { kind: "broker", settings: { listeners: "INSIDE://:9092", [MAP]: "INSIDE:SASL_SSL" }, hits: 0 },
      { kind: "producer", settings: { "bootstrap.servers": "kafka-1:9092" }, hits: 1 },
      { kind: "producer", settings: { "bootstrap.servers": "kafka-1:9092", [PROTOCOL]: "SSL" }, hits: 0 },
    ],
  },
  {
    id: "SEC-02",
    name: "plain-mech",
    severity: "warning",
    confidence: "high",
    condition: "the mechanism PLAIN; graver without TLS",
    why: "Every broker sees the password, and without TLS so does everybody else.",
    fix: "Use SCRAM-SHA-512.",
    source: "Apache Kafka documentation, SASL",
    profiles: ["prod", "critical"],
    check: plainMechanism,
    examples: [
      { kind: "client", settings: { "sasl.mechanism": "PLAIN", [PROTOCOL]: "SASL_SSL" }, hits: 1 },
      { kind: "client", settings: { "sasl.mechanism": "SCRAM-SHA-512", [PROTOCOL]: "SASL_SSL" }, hits: 0 },
    ],
  },
  {
    id: "SEC-03",
    name: "hostname-off",
    severity: "error",
    confidence: "high",
    condition: "ssl.endpoint.identification.algorithm is empty",
    why: "Any certificate of the same authority passes for the broker's: a man in the middle is not noticed.",
    fix: "Leave it at https, and give certificates the names that clients use.",
    source: "Apache Kafka documentation, security",
    check: (settings) => {
      const key = "ssl.endpoint.identification.algorithm";
      return settings.has(key) && settings.given(key) === ""
        ? { key, message: "Certificates are not checked for the broker's name.", evidence: `${key} is empty`, settings: [{ key }] }
        : undefined;
    },
    examples: [
      { kind: "client", settings: { "ssl.endpoint.identification.algorithm": "" }, hits: 1 },
      { kind: "client", settings: { "ssl.endpoint.identification.algorithm": "https" }, hits: 0 },
    ],
  },
  {
    id: "SEC-04",
    name: "tls-old",
    severity: "error",
    confidence: "high",
    condition: "TLS below 1.2 is enabled",
    why: "TLS 1.0 and 1.1 are broken, and refused by current clients.",
    fix: "Allow TLSv1.2 and TLSv1.3 only.",
    source: "RFC 8996",
    check: (settings) =>
      ["ssl.enabled.protocols", "ssl.protocol"].flatMap((key): Hit[] => {
        const old =
          settings.given(key) === undefined ? undefined : settings.list(key).find((each) => /^(SSL(v\d)?|TLSv1(\.[01])?)$/i.test(each));
        return old === undefined ? [] : [{ key, message: `${old} is enabled.`, evidence: evidenceOf(settings, key), settings: [{ key }] }];
      }),
    examples: [
      { kind: "broker", settings: { "ssl.enabled.protocols": "TLSv1.1,TLSv1.2" }, hits: 1 },
      { kind: "broker", settings: { "ssl.enabled.protocols": "TLSv1.2,TLSv1.3" }, hits: 0 },
    ],
  },
  {
    id: "SEC-06",
    name: "no-authorizer",
    severity: "error",
    confidence: "medium",
    condition: "no authorizer, or everybody allowed where no ACL is",
    why: "Whoever reaches the port may read, write and delete everything.",
    fix: "Set org.apache.kafka.metadata.authorizer.StandardAuthorizer, and leave allow.everyone.if.no.acl.found false.",
    source: "Apache Kafka documentation, authorization",
    profiles: ["prod", "critical"],
    check: (settings) => {
      if (!settings.isOf("broker") || !settings.has("listeners")) return undefined;
      const everyone = "allow.everyone.if.no.acl.found";
      if (settings.given(everyone)?.toLowerCase() === "true")
        return {
          key: everyone,
          message: "What has no ACL is open to everybody.",
          evidence: evidenceOf(settings, everyone),
          settings: [{ key: everyone }],
        };
      return settings.has(AUTHORIZER) && settings.given(AUTHORIZER) !== ""
        ? undefined
        : {
            key: AUTHORIZER,
            message: "Nobody is asked what he may do.",
            evidence: `${AUTHORIZER} is not set`,
            settings: [{ key: AUTHORIZER, value: "org.apache.kafka.metadata.authorizer.StandardAuthorizer" }],
          };
    },
    examples: [
      { kind: "broker", settings: { listeners: "SSL://:9092" }, hits: 1 },
      {
        kind: "broker",
        settings: { listeners: "SSL://:9092", [AUTHORIZER]: "org.apache.kafka.metadata.authorizer.StandardAuthorizer" },
        hits: 0,
      },
    ],
  },
  {
    id: "SEC-09",
    name: "superusers",
    severity: "error",
    confidence: "high",
    condition: "more than 3 super users, or the nobody among them",
    why: "No ACL holds for them.",
    fix: "Keep the brokers and one administrator; give the others ACLs.",
    source: "Apache Kafka documentation, authorization",
    thresholds: [{ name: "most", meaning: "most super users", default: 3, unit: "count", least: 0, most: 1000 }],
    check: (settings, { threshold }) => {
      const key = "super.users";
      const users = (settings.given(key) ?? "").split(";").filter((user) => user.trim() !== "");
      const isOpen = users.some((user) => /^User:(ANONYMOUS|\*)$/.test(user.trim()));
      return settings.isOf("broker") && (isOpen || users.length > threshold("most"))
        ? {
            key,
            message: isOpen ? "Who does not log in may do everything." : `${users.length} principals may do everything.`,
            evidence: evidenceOf(settings, key),
          }
        : undefined;
    },
    examples: [
      { kind: "broker", settings: { "super.users": "User:admin;User:ANONYMOUS" }, hits: 1 },
      { kind: "broker", settings: { "super.users": "User:a;User:b;User:c;User:d" }, hits: 1 },
      { kind: "broker", settings: { "super.users": "User:admin;User:broker" }, hits: 0 },
    ],
  },
  {
    id: "SEC-11",
    name: "secret-in-config",
    severity: "error",
    confidence: "high",
    condition: "a password, key or token that stands in a file as it is",
    why: "Whoever can read the file, or its history, has it.",
    fix: "Name it through a config provider, or an environment variable: ${env:NAME}.",
    source: "KIP-297",
    check: secretsInFile,
    examples: [
      { kind: "client", settings: { "ssl.keystore.password": "hunter2" }, hits: 1 },
      {
        kind: "client",
        settings: { "sasl.jaas.config": 'org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="b";' },
        hits: 1,
      },
      { kind: "client", settings: { "ssl.keystore.password": "${env:KEYSTORE_PASSWORD}" }, hits: 0 },
      { kind: "client", settings: { "ssl.keystore.location": "/etc/kafka/client.p12" }, hits: 0 },
    ],
  },
];
