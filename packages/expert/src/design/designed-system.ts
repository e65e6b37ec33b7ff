import type { DomainCluster } from "./domain-specs.ts";

/** A number or word of the design: why it is that, and how it was calculated. */
export interface Reasoned {
  /** Kafka's name where it is a setting. */
  readonly name: string;
  readonly value: string;
  readonly reason: string;
  readonly formula?: string;
}

/** What a topic is for. */
type TopicPurpose = "event" | "retry" | "deadLetter";

/** A topic as it is to be made. */
export interface DesignedTopic {
  readonly name: string;
  readonly purpose: TopicPurpose;
  /** The event, or the group whose failures it takes. */
  readonly of: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Why so many partitions and replicas. */
  readonly reasons: readonly Reasoned[];
  /** Settings of the topic. */
  readonly settings: readonly Reasoned[];
}

type DesignedResource = "topic" | "group" | "transactionalId" | "cluster";

/** What a principal may do to a resource. */
export interface DesignedAcl {
  readonly service: string;
  readonly principal: string;
  readonly resourceType: DesignedResource;
  readonly resourceName: string;
  readonly isPrefix: boolean;
  /** In the client's words: `read`, `describeConfigs`. */
  readonly operations: readonly ("read" | "write" | "create" | "delete" | "describe" | "describeConfigs")[];
  readonly reason: string;
}

/** The settings of one client of a service. A value may hold `${env:NAME}`, filled in where it runs. */
export interface DesignedClient {
  readonly service: string;
  readonly role: "producer" | "consumer" | "streams";
  /** Undefined where nobody logs in by a password. */
  readonly username: string | undefined;
  readonly settings: readonly Reasoned[];
}

/** How a consumer meets records that it cannot handle. */
export interface DesignedFailures {
  readonly service: string;
  readonly retryTopics: readonly { readonly topic: string; readonly delayMs: number }[];
  readonly deadLetterTopic: string | undefined;
}

/** The schema of an event. */
export interface DesignedSchema {
  readonly event: string;
  /** In a registry: of the topic's values. */
  readonly subject: string;
  /** Name of the file. */
  readonly file: string;
  readonly text: string;
  readonly compatibility: string;
  readonly reason: string;
}

/** What rules of alerts are written from. */
export interface AlertInput {
  readonly name: string;
  readonly of: string;
  readonly value: number;
  readonly unit: string;
  readonly reason: string;
  readonly formula?: string;
}

/** A figure of the capacity report. */
export interface CapacityLine {
  readonly about: string;
  readonly value: string;
  readonly formula: string;
}

/** A system as it should be set up, complete. */
export interface DesignedSystem {
  readonly system: string;
  readonly cluster: DomainCluster & { readonly name: string };
  readonly topics: readonly DesignedTopic[];
  readonly acls: readonly DesignedAcl[];
  readonly clients: readonly DesignedClient[];
  readonly failures: readonly DesignedFailures[];
  readonly schemas: readonly DesignedSchema[];
  /** What every broker should have. */
  readonly brokerSettings: readonly Reasoned[];
  readonly alerts: readonly AlertInput[];
  readonly capacity: readonly CapacityLine[];
  /** What a person has to decide or to mind. */
  readonly notes: readonly string[];
}
