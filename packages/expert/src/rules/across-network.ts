import type { Settings } from "../lint/settings.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import type { Project } from "./project.ts";
import { evidenceOf } from "./rule.ts";

/** A host and port, as `name:port`, `NAME://host:port` or `http://host:port`. */
interface Address {
  readonly host: string;
  readonly port: string;
}

function addressOf(text: string): Address | undefined {
  const [, host, port] = /^(?:[\w.-]+:\/\/)?([^:/\s]*):(\d+)/.exec(text) ?? [];
  return host === undefined || port === undefined ? undefined : { host, port };
}

function isLocal(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(host);
}

/** In one compose file: clients that ask a broker's container for the cluster. */
function unreachable(project: Project): readonly AcrossHit[] {
  return project.clients.flatMap((client): readonly AcrossHit[] => {
    const { file, part, hosts } = client.document;
    const key = "bootstrap.servers";
    if (!part?.startsWith("services.") || !hosts || client.given(key) === undefined) return [];
    const brokers = project.all.filter((each) => each.isOf("broker") && each.document.file === file);
    const tell = (message: string, broker?: Settings): readonly AcrossHit[] => [
      {
        document: client.document,
        key,
        message,
        evidence: `${evidenceOf(client, key)}${broker ? `; ${broker.document.part}: ${evidenceOf(broker, "advertised.listeners")}` : ""}`,
      },
    ];
    for (const server of client.list(key)) {
      const address = addressOf(server);
      if (!address) continue;
      if (isLocal(address.host)) return brokers.length > 0 ? tell(`${server} is the container of ${part} itself: no broker is there.`) : [];
      const broker = brokers.find((each) => each.document.hosts?.includes(address.host));
      if (!broker || broker.given("listeners") === undefined) continue;
      const listener = broker.list("listeners").find((each) => addressOf(each)?.port === address.port);
      if (!listener) return tell(`${address.host} has no listener at port ${address.port}: ${broker.given("listeners")}.`, broker);
      const name = listener.split("://")[0]!.toUpperCase();
      const advertised = broker.list("advertised.listeners").find((each) => each.split("://")[0]!.toUpperCase() === name);
      const told = advertised === undefined ? undefined : addressOf(advertised);
      if (told && isLocal(told.host))
        return tell(`At ${server} clients are told ${advertised}: in a container that is the container itself.`, broker);
    }
    return [];
  });
}

const compose = (listener: string, advertised: string, asked: string): string => `services:
  kafka:
    image: apache/kafka:4.4.0
    environment:
      KAFKA_LISTENERS: ${listener}
      KAFKA_ADVERTISED_LISTENERS: ${advertised}
  app:
    image: shop/app
    environment: {KAFKA_BOOTSTRAP_SERVERS: "${asked}"}
`;

/** Rules over whether programs reach the brokers that the same file runs. */
export const acrossNetwork: readonly AcrossRule[] = [
  {
    id: "ACR-06",
    name: "bootstrap-leads-nowhere",
    severity: "error",
    confidence: "high",
    condition: "a container asks localhost, a port without a listener, or a listener that advertises localhost, for the cluster",
    why: "The first answer names addresses that the container cannot reach: it waits for ever, or fails at the first record.",
    fix: "Ask the listener that advertises the broker's name in the network, as kafka:19092.",
    source: "Apache Kafka documentation, listener configuration",
    check: unreachable,
    examples: [
      { files: { "compose.yaml": compose("PLAINTEXT://:9092", "PLAINTEXT://localhost:9092", "kafka:9092") }, hits: 1 },
      { files: { "compose.yaml": compose("PLAINTEXT://:9092", "PLAINTEXT://kafka:9092", "kafka:9092") }, hits: 0 },
      { files: { "compose.yaml": compose("PLAINTEXT://:9092", "PLAINTEXT://kafka:9092", "kafka:9093") }, hits: 1 },
      { files: { "compose.yaml": compose("PLAINTEXT://:9092", "PLAINTEXT://kafka:9092", "localhost:9092") }, hits: 1 },
    ],
  },
];
