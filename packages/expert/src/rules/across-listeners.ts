import { LISTENER } from "../lint/listener-entries.ts";
import { isTemplate, type Settings } from "../lint/settings.ts";
import { TOPIC_NAME, TOPIC_PARTITIONS } from "../lint/topic-entries.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import type { Project } from "./project.ts";

/** One application: its listeners, and what its configuration and its code say of all of them. */
interface Application {
  readonly listeners: readonly Settings[];
  /** For the containers of all listeners. */
  readonly containers: readonly Settings[];
  /** Of `application.yml` and its like. */
  readonly configuration: readonly Settings[];
  readonly consumers: readonly Settings[];
}

/** The folder that holds `src/main`; undefined for tests and for what stands elsewhere. */
function rootOf(file: string): string | undefined {
  const at = `/${file}`.lastIndexOf("/src/main/");
  return at < 0 ? undefined : file.slice(0, at);
}

/** Applications whose configuration was read: what a program alone does not say may stand there. */
function applicationsOf({ all }: Project): readonly Application[] {
  const byRoot = Map.groupBy(
    all.filter(({ document: { file, kind } }) => rootOf(file) !== undefined && /^(listener|consumer|client)$/.test(kind)),
    ({ document: { file } }) => rootOf(file)!,
  );
  return [...byRoot.values()].flatMap((own): Application[] => {
    const configuration = own.filter(({ document: { part } }) => part?.includes("spring.kafka"));
    const listeners = own.filter((each) => each.isOf("listener") && each.has(LISTENER.acknowledges));
    if (configuration.length === 0 || listeners.length === 0) return [];
    return [
      {
        listeners,
        containers: own.filter((each) => each.isOf("listener") && !each.has(LISTENER.acknowledges)),
        configuration,
        consumers: own.filter((each) => !each.isOf("listener")),
      },
    ];
  });
}

function ackModesOf({ containers }: Application): readonly string[] {
  return containers.flatMap((each) => each.given(LISTENER.ackMode) ?? []);
}

const isManual = (mode: string): boolean => /^manual/i.test(mode) || isTemplate(mode);

/** A listener with a factory of its own is not under what the application says of all. */
const isUsual = (listener: Settings): boolean => !listener.has(LISTENER.factory);

function placesOf(settings: readonly Settings[], key: string): string {
  return settings
    .flatMap(({ document: { file, entries } }) =>
      entries.filter((entry) => entry.key === key).map(({ line, value }) => `${value} (${file}:${line})`),
    )
    .join(", ");
}

function withoutManual(project: Project): readonly AcrossHit[] {
  return applicationsOf(project).flatMap((application) => {
    if (ackModesOf(application).some(isManual)) return [];
    const said = placesOf(application.containers, LISTENER.ackMode);
    return application.listeners
      .filter((listener) => isUsual(listener) && listener.given(LISTENER.acknowledges) === "Acknowledgment")
      .map((listener) => ({
        document: listener.document,
        key: LISTENER.acknowledges,
        message: `${nameOf(listener)} takes an Acknowledgment, and no container gives one: every record fails there.`,
        evidence:
          said === "" ? `spring.kafka.listener.ack-mode is not set (${application.configuration[0]!.document.file})` : `ack mode ${said}`,
      }));
  });
}

function neverAcknowledged(project: Project): readonly AcrossHit[] {
  return applicationsOf(project).flatMap((application) => {
    const modes = ackModesOf(application);
    if (modes.length === 0 || !modes.every((mode) => /^manual/i.test(mode))) return [];
    return application.listeners
      .filter((listener) => isUsual(listener) && listener.given(LISTENER.acknowledges) === "nothing")
      .map((listener) => ({
        document: listener.document,
        key: LISTENER.acknowledges,
        message: `Nothing commits what ${nameOf(listener)} has handled: after each start it gets it all again.`,
        evidence: `ack mode ${placesOf(application.containers, LISTENER.ackMode)}`,
      }));
  });
}

function withoutGroup(project: Project): readonly AcrossHit[] {
  return applicationsOf(project).flatMap((application) => {
    if (application.consumers.some((consumer) => consumer.has("group.id"))) return [];
    return application.listeners
      .filter((listener) => isUsual(listener) && !listener.has("group.id"))
      .map((listener) => ({
        document: listener.document,
        key: LISTENER.acknowledges,
        message: `${nameOf(listener)} has no group, and ${application.configuration[0]!.document.file} names none: the application does not start.`,
        evidence: "no groupId, no id, no spring.kafka.consumer.group-id",
      }));
  });
}

function idleThreads(project: Project): readonly AcrossHit[] {
  const partitions = new Map(project.topics.map((topic) => [topic.given(TOPIC_NAME), Number(topic.given(TOPIC_PARTITIONS))]));
  return applicationsOf(project).flatMap(({ listeners, containers }) =>
    listeners.flatMap((listener): AcrossHit[] => {
      const general = isUsual(listener) ? containers.flatMap((each) => each.given(LISTENER.concurrency) ?? []).at(-1) : undefined;
      const threads = Number(listener.given(LISTENER.concurrency) ?? general);
      const topics = listener.entries.filter(({ key }) => key === LISTENER.topic).map(({ value }) => value);
      const there = topics.map((topic) => partitions.get(topic) ?? Number.NaN).reduce((sum, count) => sum + count, 0);
      if (topics.length === 0 || !(threads > there)) return [];
      return [
        {
          document: listener.document,
          key: listener.has(LISTENER.concurrency) ? LISTENER.concurrency : LISTENER.topic,
          message: `${nameOf(listener)} has ${threads} threads for ${there} ${there === 1 ? "partition" : "partitions"}: ${threads - there} never get a record.`,
          evidence: `concurrency ${threads}; ${topics.map((topic) => `${topic} has ${partitions.get(topic)}`).join(", ")}`,
        },
      ];
    }),
  );
}

function nameOf({ document: { part } }: Settings): string {
  return `The ${part}`;
}

const java = (annotation: string, parameters: string): string =>
  `package shop;\nimport org.springframework.kafka.annotation.KafkaListener;\nimport org.springframework.kafka.support.Acknowledgment;\nclass Orders {\n  @KafkaListener(${annotation})\n  void on(${parameters}) { save(order); }\n}\n`;
const files = (yaml: string, program: string, more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  "pom.xml": "<project/>",
  "src/main/resources/application.yml": `spring:\n  kafka:\n    bootstrap-servers: a:1,b:1,c:1\n${yaml}`,
  "src/main/java/shop/Orders.java": program,
  ...more,
});
const GROUPED = "    consumer: { group-id: orders }\n";
const MANUAL = "    listener: { ack-mode: manual }\n";
const USUAL = 'topics = "orders"';
const topics = (count: number): Readonly<Record<string, string>> => ({
  "topics.yml": `topics:\n  - name: orders\n    partitions: ${count}\n    replicationFactor: 3\n    config: { min.insync.replicas: 2 }\n`,
});

/** Rules over an application's configuration and the listeners of its program. */
export const acrossListeners: readonly AcrossRule[] = [
  {
    id: "CNS-18",
    name: "acknowledgment-not-given",
    severity: "error",
    confidence: "high",
    condition:
      "a listener of Spring takes an Acknowledgment, and neither the application's configuration nor its code sets a manual ack mode",
    why: "The container has none to give: each record ends in an error, is tried again, and is passed over.",
    fix: "Set spring.kafka.listener.ack-mode to manual, or leave the parameter out.",
    source: "Spring for Apache Kafka documentation, committing offsets",
    check: withoutManual,
    examples: [
      { files: files(GROUPED, java(USUAL, "Order order, Acknowledgment ack")), hits: 1 },
      { files: files(`${GROUPED}    listener: { ack-mode: batch }\n`, java(USUAL, "Order order, Acknowledgment ack")), hits: 1 },
      { files: files(GROUPED + MANUAL, java(USUAL, "Order order, Acknowledgment ack")), hits: 0 },
      { files: files(GROUPED, java(`${USUAL}, containerFactory = "mine"`, "Order order, Acknowledgment ack")), hits: 0 },
      {
        files: files(GROUPED, java(USUAL, "Order order, Acknowledgment ack"), {
          "src/main/java/shop/Config.java":
            "package shop;\nimport org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;\nclass Config {\n  void set(ConcurrentKafkaListenerContainerFactory<String, Order> factory) {\n    factory.getContainerProperties().setAckMode(ContainerProperties.AckMode.MANUAL_IMMEDIATE);\n  }\n}\n",
        }),
        hits: 0,
      },
    ],
  },
  {
    id: "CNS-19",
    name: "listener-never-commits",
    severity: "error",
    confidence: "medium",
    condition: "the application's ack mode is manual, and a listener of Spring takes nothing by which it could commit",
    why: "Its offsets are never committed: after each start or rebalance all records come again.",
    fix: "Take an Acknowledgment and call acknowledge() when the record is done, or leave ack-mode at batch.",
    source: "Spring for Apache Kafka documentation, committing offsets",
    check: neverAcknowledged,
    examples: [
      { files: files(GROUPED + MANUAL, java(USUAL, "Order order")), hits: 1 },
      { files: files(GROUPED + MANUAL, java(USUAL, "Order order, Consumer<String, Order> consumer")), hits: 0 },
      { files: files(GROUPED, java(USUAL, "Order order")), hits: 0 },
    ],
  },
  {
    id: "CNS-20",
    name: "listener-without-group",
    severity: "error",
    confidence: "medium",
    condition: "a listener of Spring names no group, and the application's configuration does not either",
    why: "The container refuses to start: a group is needed where partitions are shared out.",
    fix: "Set spring.kafka.consumer.group-id, or groupId of the listener.",
    source: "Spring for Apache Kafka documentation, @KafkaListener",
    check: withoutGroup,
    examples: [
      { files: files("", java(USUAL, "Order order")), hits: 1 },
      { files: files(GROUPED, java(USUAL, "Order order")), hits: 0 },
      { files: files("", java(`${USUAL}, groupId = "orders"`, "Order order")), hits: 0 },
      { files: files("", java(`${USUAL}, id = "orders"`, "Order order")), hits: 0 },
      { files: files("", java(`${USUAL}, id = "orders", idIsGroup = false`, "Order order")), hits: 1 },
    ],
  },
  {
    id: "CNS-21",
    name: "listener-threads-idle",
    severity: "warning",
    confidence: "medium",
    condition: "a listener of Spring has more threads than its topics, which other files define, have partitions",
    why: "A partition is read by one thread of a group: those beyond stand by, and take memory and a place in each rebalance.",
    fix: "Set concurrency to at most the number of partitions; over several instances, to that divided by them.",
    source: "Spring for Apache Kafka documentation, concurrency",
    check: idleThreads,
    examples: [
      { files: files(GROUPED, java(`${USUAL}, concurrency = "4"`, "Order order"), topics(3)), hits: 1 },
      { files: files(`${GROUPED}    listener: { concurrency: 4 }\n`, java(USUAL, "Order order"), topics(3)), hits: 1 },
      { files: files(GROUPED, java(`${USUAL}, concurrency = "3"`, "Order order"), topics(3)), hits: 0 },
      { files: files(GROUPED, java(`${USUAL}, concurrency = "\${threads}"`, "Order order"), topics(3)), hits: 0 },
    ],
  },
];
