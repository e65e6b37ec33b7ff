// Written by tools/config-catalogue from Apache Kafka 3.9.2, 4.0.2, 4.1.2, 4.2.2, 4.3.1, 4.4.0: facts only. Do not edit.

/** The versions of Kafka that the catalogue knows, oldest first. */
export const KAFKA_VERSIONS = ["3.9","4.0","4.1","4.2","4.3","4.4"] as const;
