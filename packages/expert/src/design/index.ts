export { avroTypeOf, TYPE_WORDS } from "./avro-type.ts";
export type {
  AlertInput,
  CapacityLine,
  DesignedAcl,
  DesignedClient,
  DesignedFailures,
  DesignedSchema,
  DesignedSystem,
  DesignedTopic,
  Reasoned,
} from "./designed-system.ts";
export { designChanges } from "./design-changes.ts";
export { type ClusterThere, designDrift, type TopicThere } from "./design-drift.ts";
export { designSystem } from "./design-system.ts";
export { consumersOf, type Domain, type DomainEvent, type DomainIssue, type DomainService, producersOf } from "./domain.ts";
export { domainJsonSchema } from "./domain-json-schema.ts";
export { outputFiles } from "./outputs/index.ts";
export type { OutputFile } from "./outputs/output-file.ts";
export { domainOf, issueText, type ReadDomain, readDomain } from "./read-domain.ts";
