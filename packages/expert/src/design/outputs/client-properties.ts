import type { DesignedClient, DesignedSystem, Reasoned } from "../designed-system.ts";
import { comment, generatedBy, type OutputFile } from "./output-file.ts";

/** Variables in values need this; Kafka's clients have it since 3.5. */
const ENVIRONMENT: readonly Reasoned[] = [
  { name: "config.providers", value: "env", reason: "what stands as ${env:NAME} is taken from the environment" },
  { name: "config.providers.env.class", value: "org.apache.kafka.common.config.provider.EnvVarConfigProvider", reason: "Kafka's own" },
];

/** The file of the brokers is a part: what every broker has for itself stands elsewhere. */
const PART_OF_A_FILE = [
  comment("ottla: allow-file BRK-08, SEC-01 because this is a part of the brokers' file; directories and listeners are each broker's own"),
];

/** A properties file for each client, as Java's clients and Ottla's commands read it, and one for the brokers. */
export function propertiesFiles(system: DesignedSystem): readonly OutputFile[] {
  return [
    ...system.clients.map((client) => ({
      path: `clients/${client.service}/${client.role}.properties`,
      text: properties(system, clientSettings(client, system)),
    })),
    { path: "brokers.properties", text: properties(system, system.brokerSettings, PART_OF_A_FILE) },
  ];
}

/** With where the cluster is, the login, and what fills the variables. */
function clientSettings({ settings, username }: DesignedClient, { cluster }: DesignedSystem): readonly Reasoned[] {
  const bootstrap = { name: "bootstrap.servers", value: cluster.bootstrap ?? "${env:BOOTSTRAP_SERVERS}", reason: "where the cluster is" };
  const all = [bootstrap, ...(username === undefined ? [] : loginSettings(username)), ...settings];
  return all.some(({ value }) => value.includes("${env:")) ? [...ENVIRONMENT, ...all] : all;
}

function loginSettings(username: string): readonly Reasoned[] {
  return [
    { name: "security.protocol", value: "SASL_SSL", reason: "nobody on the way reads or changes anything" },
    { name: "sasl.mechanism", value: "SCRAM-SHA-512", reason: "the password itself is never sent" },
    {
      name: "sasl.jaas.config",
      value: `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="\${env:KAFKA_PASSWORD}";`,
      reason: "the password comes from the environment and stands in no file",
    },
  ];
}

function properties({ system }: DesignedSystem, settings: readonly Reasoned[], before: readonly string[] = []): string {
  const blocks = settings.map((setting) => `${comment(reasonText(setting))}\n${setting.name}=${setting.value}\n`);
  return `${comment(generatedBy(system))}\n\n${before.map((line) => `${line}\n`).join("")}${blocks.join("\n")}`;
}

/** Why, and how it was calculated. */
export function reasonText({ reason, formula }: Reasoned): string {
  return formula === undefined ? reason : `${reason} (${formula})`;
}
