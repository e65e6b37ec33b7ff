import {
  type Client,
  clientOptionsFromProperties,
  createClient,
  consumerOptionsFromProperties,
  producerOptionsFromProperties,
} from "@ottla/client";
import type { Logger } from "@ottla/base";
import { behindPrefix, type ConnectorProperties } from "../plugin/read-config.ts";
import type { TaskClients } from "./task-world.ts";

/** How a worker and its threads come to the cluster; it can be cloned. */
export interface ClusterAccess {
  /** `host:port`, several apart by commas. */
  readonly bootstrapServers: string;
  /** The worker's own, in Kafka's names. */
  readonly properties: ConnectorProperties;
  /** What a login adds to them. */
  readonly login: ConnectorProperties;
}

/** A client of the worker, or of one of its threads. */
export function accessClient({ bootstrapServers, properties, login }: ClusterAccess, logger?: Logger): Client {
  return createClient(
    { clientId: "ottla-connect", ...clientOptionsFromProperties(properties), ...clientOptionsFromProperties(login), bootstrapServers },
    logger === undefined ? {} : { logger },
  );
}

/** What a task makes its producers and consumers with: the worker's `producer.` and `consumer.`, and the connector's overrides. */
export function taskClients(client: Client, worker: ConnectorProperties, connector: ConnectorProperties): TaskClients {
  const settings = (kind: "producer" | "consumer"): ConnectorProperties => ({
    ...behindPrefix(worker, `${kind}.`),
    ...behindPrefix(connector, `${kind}.override.`),
  });
  return {
    client,
    producer: producerOptionsFromProperties(settings("producer")),
    consumer: consumerOptionsFromProperties(settings("consumer")),
  };
}
