import { nearName } from "@ottla/base";
import { findSetting, lifeOf, type SettingScope, scopesOf, settingNames } from "../catalogue/settings-catalogue.ts";
import { isRdkafkaSetting } from "../catalogue/librdkafka-settings.ts";
import { type Settings, scopeOf } from "../lint/settings.ts";
import { TOPIC_FACTOR, TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import type { Hit, SettingsRule } from "./rule.ts";
import { valueProblem } from "./setting-value.ts";

/** Keys in front of which something else may stand: a listener's name, a nested client. */
const PREFIXES: Readonly<Partial<Record<Settings["kind"], RegExp>>> = {
  broker: /^listener\.name\.[^.]+\.(?:(?:plain|gssapi|oauthbearer|scram-sha-(?:256|512))\.(?=sasl\.|connections\.))?/,
  streams: /^(?:main\.consumer|restore\.consumer|global\.consumer|consumer|producer|admin|topic)\./,
  connectWorker: /^(?:producer|consumer|admin)\./,
  connectStandalone: /^(?:producer|consumer|admin)\./,
};

/** Keys with which plugins, providers and registries are given what is theirs. */
const FOREIGN =
  /^(?:config\.providers\.|metrics\.|confluent\.|schema\.registry\.|basic\.auth\.|ssl\.|sasl\.|security\.|value\.converter\.|key\.converter\.|header\.converter\.|(?:key|value)\.(?:de)?serializer\.|transforms\.|predicates\.|rest\.|offset\.storage\.|config\.storage\.|status\.storage\.|kafka\.|authorizer\.|super\.users$|allow\.everyone\.if\.no\.acl\.found$|quorum\.|remote\.log\.|rsm\.|rlmm\.|client\.quota\.|strimzi\.|auto\.register\.schemas$|use\.latest\.version$|specific\.avro\.reader$|avro\.|json\.|spring\.)/;

/** The scopes in which a key of the document is looked up, and the key without what stands before it. */
function lookUp(settings: Settings, key: string): { readonly scopes: readonly SettingScope[]; readonly name: string } {
  const prefix = PREFIXES[settings.kind]?.exec(key)?.[0] ?? "";
  const name = key.slice(prefix.length);
  if (settings.kind === "client") return { scopes: ["producer", "consumer", "admin"], name };
  if (prefix.endsWith("consumer.")) return { scopes: ["consumer"], name };
  if (prefix === "producer.") return { scopes: ["producer"], name };
  if (prefix === "admin.") return { scopes: ["admin"], name };
  if (prefix === "topic.") return { scopes: ["topic"], name };
  if (settings.kind === "streams") return { scopes: ["streams", "consumer", "producer", "admin"], name };
  const scope = scopeOf(settings.kind);
  return { scopes: scope ? [scope] : [], name };
}

function isKnown(settings: Settings, key: string): boolean {
  const { scopes, name } = lookUp(settings, key);
  return scopes.some((scope) => findSetting(scope, name, settings.version) !== undefined);
}

/** Of how many unknown keys of one document it is asked what may be meant: each is held against all that are known. */
const NEAR_MAX = 100;
/** Longer names are none of Kafka's, written wrongly or not. */
const NAME_LENGTH_MAX = 100;

function unknownKeys(settings: Settings): Hit[] {
  // What a connector is given is its own: only its class knows the keys.
  if (
    settings.isOf(
      "sourceConnector",
      "sinkConnector",
      "acl",
      "resource",
      "mirror",
      "registry",
      "quota",
      "listener",
      "alert",
      "dependencies",
      "statement",
    )
  )
    return [];
  let looks = NEAR_MAX;
  const names = new Map<string, readonly string[]>();
  return settings.entries.flatMap(({ key, spelling }): Hit[] => {
    if (key.startsWith(BYTE_ORDER_MARK)) return [behindMark(key)];
    if (isKnown(settings, key) || FOREIGN.test(key) || isOfDialect(settings, key)) return [];
    const { scopes, name } = lookUp(settings, key);
    if (scopes.some((scope) => lifeOf(scope, name) !== undefined)) return [];
    const owners = scopesOf(name);
    const mark = scopes.join();
    const candidates = names.get(mark) ?? scopes.flatMap((scope) => settingNames(scope, settings.version));
    names.set(mark, candidates);
    const near = looks-- > 0 && name.length <= NAME_LENGTH_MAX ? nearName(name, candidates) : undefined;
    const whose = owners.length > 0 ? ` It is a setting of ${listed(owners)}.` : near === undefined ? "" : ` Is ${near} meant?`;
    return [
      {
        key,
        message: `${spelling ?? key} is no setting of a ${NOUNS[settings.kind]}; it has no effect.${whose}`,
        evidence: `No version from 3.9 to ${settings.version} knows it.`,
        ...(owners.length === 0 && near !== undefined && { fix: `Write ${near}.` }),
        ...((owners.length > 0 || near === undefined) && { settings: [{ key }] }),
      },
    ];
  });
}

const BYTE_ORDER_MARK = "\u{feff}";

/** Kafka reads the mark that some editors begin a file with as a part of the first key. */
function behindMark(key: string): Hit {
  const meant = key.slice(BYTE_ORDER_MARK.length);
  return {
    key,
    message: `The file begins with a byte order mark, which Kafka takes for a part of the first key: ${meant} has no effect.`,
    evidence: `The first bytes are EF BB BF, before ${meant}.`,
    fix: "Save the file as UTF-8 without a byte order mark, or begin it with a comment.",
  };
}

/** What a topic is made with, and the names that librdkafka has besides Kafka's. */
function isOfDialect({ kind, document }: Settings, key: string): boolean {
  if (kind === "topic") return key === TOPIC_NAME || key === TOPIC_PARTITIONS || key === TOPIC_FACTOR;
  return document.dialect === "librdkafka" && isRdkafkaSetting(key);
}

const NOUNS: Readonly<Record<Settings["kind"], string>> = {
  broker: "broker",
  topic: "topic",
  group: "group",
  producer: "producer",
  consumer: "consumer",
  admin: "client",
  client: "client",
  streams: "Streams application",
  connectWorker: "Connect worker",
  connectStandalone: "Connect worker",
  sourceConnector: "connector",
  sinkConnector: "connector",
  acl: "rule",
  resource: "resource",
  mirror: "mirror",
  registry: "schema registry",
  quota: "quota",
  listener: "listener",
  alert: "alert",
  dependencies: "build",
  statement: "document",
};

function listed(owners: readonly SettingScope[]): string {
  const nouns = [...new Set(owners.map((owner) => `a ${NOUNS[owner]}`))];
  return nouns.length === 1 ? nouns[0]! : `${nouns.slice(0, -1).join(", ")} and ${nouns.at(-1)}`;
}

function goneKeys(settings: Settings): Hit[] {
  return settings.entries.flatMap(({ key, value }): Hit[] => {
    const { scopes, name } = lookUp(settings, key);
    if (isKnown(settings, key)) return [];
    const life = scopes.map((scope) => lifeOf(scope, name)).find((each) => each !== undefined);
    if (!life) return [];
    const isOld = life.until !== undefined;
    return [
      {
        key,
        message: isOld
          ? `${key} is gone since Kafka ${life.until}; it has no effect in ${settings.version}, or keeps it from starting.`
          : `${key} came with Kafka ${life.since}; ${settings.version} does not know it.`,
        evidence: isSecret(key) ? key : `${key}=${value}`,
        settings: [{ key }],
      },
    ];
  });
}

function badValues(settings: Settings): Hit[] {
  // Its bounds and words are its own.
  if (settings.document.dialect === "librdkafka") return [];
  return settings.entries.flatMap(({ key }): Hit[] => {
    const value = settings.given(key);
    if (value === undefined) return [];
    const { scopes, name } = lookUp(settings, key);
    const setting = scopes.map((scope) => findSetting(scope, name, settings.version)).find((each) => each !== undefined);
    const problem = setting && valueProblem(setting, value);
    if (problem === undefined) return [];
    return [{ key, message: `${key} ${problem}.`, evidence: isSecret(key) ? key : `${key}=${value}` }];
  });
}

/** Lines that a sentence names. */
const LINES_MAX = 20;

function repeatedKeys({ entries }: Settings): Hit[] {
  const places = new Map<string, { readonly key: string; readonly at: number[] }>();
  for (const { key, line, spelling = key } of entries) {
    // Two ways to write a setting, an operator's and Kafka's own, are no two lines of which the last counts.
    const place = places.get(spelling);
    if (place) place.at.push(line);
    else places.set(spelling, { key, at: [line] });
  }
  return [...places.values()].flatMap(({ key, at }): Hit[] =>
    at.length < 2
      ? []
      : [
          {
            key,
            message: `${key} stands ${at.length} times; the last one counts.`,
            evidence: `Lines ${at.slice(0, LINES_MAX).join(", ")}${at.length > LINES_MAX ? ", …" : ""}.`,
          },
        ],
  );
}

/** Whether a value must never be shown. */
export function isSecret(key: string): boolean {
  return /password|secret|jaas\.config|(?:^|[._-])token$|credential|keystore\.key$|basic\.auth\.user\.info|access\.key|api\.key/i.test(key);
}

/** Rules over keys as such, whatever they mean. */
export const keyRules: readonly SettingsRule[] = [
  {
    id: "CFG-01",
    name: "unknown-key",
    severity: "warning",
    confidence: "medium",
    condition: "a key that no version of Kafka knows for this kind of file",
    why: "Kafka takes any key and only logs that it was not used: a setting with a letter too many silently does nothing.",
    fix: "Correct the key, move it to whom it belongs, or take it out.",
    source: "Apache Kafka's ConfigDef tables, 3.9 to 4.4",
    check: unknownKeys,
    examples: [
      { kind: "producer", settings: { "linger.sm": "5" }, hits: 1 },
      { kind: "producer", settings: { "group.id": "billing" }, hits: 1 },
      { kind: "producer", settings: { "linger.ms": "5" }, hits: 0 },
      { kind: "broker", settings: { "listener.name.external.ssl.keystore.type": "PEM" }, hits: 0 },
    ],
  },
  {
    id: "CFG-02",
    name: "bad-value",
    severity: "error",
    confidence: "high",
    condition: "a value outside of the setting's type or bounds",
    why: "The client or the broker refuses to start.",
    fix: "Give a value within the bounds.",
    source: "Apache Kafka's ConfigDef tables",
    check: badValues,
    examples: [
      { kind: "producer", settings: { "linger.ms": "soon" }, hits: 1 },
      { kind: "consumer", settings: { "auto.offset.reset": "newest" }, hits: 1 },
      { kind: "producer", settings: { "linger.ms": "-1" }, hits: 1 },
      { kind: "producer", settings: { "linger.ms": "0" }, hits: 0 },
      // From 1 to 9, or -1.
      { kind: "producer", settings: { "compression.gzip.level": "-1" }, hits: 0 },
      { kind: "producer", settings: { "compression.gzip.level": "0" }, hits: 1 },
      { kind: "producer", settings: { "compression.gzip.level": "10" }, hits: 1 },
      { kind: "consumer", settings: { "auto.offset.reset": "by_duration:PT1H" }, hits: 0 },
      // Kafka takes a release for the last version of its metadata.
      { kind: "broker", settings: { "inter.broker.protocol.version": "3.5" }, version: "3.9", hits: 0 },
      { kind: "broker", settings: { "inter.broker.protocol.version": "3.55" }, version: "3.9", hits: 1 },
    ],
  },
  {
    id: "CFG-03",
    name: "key-of-another-version",
    severity: "error",
    confidence: "high",
    condition: "a key that this version of Kafka does not know, but another does",
    why: "What an upgrade took away no longer protects anything, and some keys keep a broker from starting.",
    fix: "Take it out, or say which version is meant.",
    source: "Apache Kafka's ConfigDef tables, 3.9 to 4.4",
    check: goneKeys,
    examples: [
      { kind: "broker", settings: { "log.message.format.version": "3.0" }, hits: 1 },
      { kind: "broker", settings: { "log.message.format.version": "3.0" }, hits: 0, version: "3.9" },
    ],
  },
  {
    id: "CFG-04",
    name: "key-twice",
    severity: "warning",
    confidence: "high",
    condition: "a key that stands twice in one file",
    why: "The last one counts without a word, whichever was meant.",
    fix: "Keep one of them.",
    source: "java.util.Properties",
    check: repeatedKeys,
    examples: [
      { kind: "producer", settings: { "linger.ms": "5", acks: "all" }, again: { "linger.ms": "10" }, hits: 1 },
      { kind: "producer", settings: { "linger.ms": "5", acks: "all" }, again: { "batch.size": "65536" }, hits: 0 },
    ],
  },
];
