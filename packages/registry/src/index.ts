export { type RegistryServer, type RegistryTls, serveRegistry, type ServeRegistryOptions } from "./api/serve-registry.ts";
export type { RegistryApiOptions } from "./api/registry-api.ts";
export {
  checkCompatibility,
  type CompatibilityVerdict,
  type ExistingVersion,
  type Incompatibility,
  verdictMessages,
} from "./compatibility/check-compatibility.ts";
export {
  type CompatibilityLevel,
  compatibilityLevels,
  type Direction,
  directionsOf,
  isTransitive,
  parseCompatibilityLevel,
} from "./compatibility/compatibility-level.ts";
export { type CompatibilityPolicy, type Difference, MAX_DIFFERENCES } from "./compatibility/difference.ts";
export { avroFormat, type ParsedAvro, parseAvroSource } from "./formats/avro/avro-format.ts";
export { protobufFormat, type ParsedProtobuf, parseProtobufSource } from "./formats/protobuf/protobuf-format.ts";
export { loadJsonSchemaFormat, type ParsedJsonSchema } from "./formats/json-schema/json-schema-format.ts";
export type { ParsedSchema, ResolvedReference, SchemaFormat, SchemaReference, SchemaSource, SchemaType } from "./formats/schema-format.ts";
export * from "./access/index.ts";
export { RegistryError, type RegistryErrorCode, registryErrorNumbers } from "./registry-error.ts";
export { type Deletion, deleteSubject, deleteVersion } from "./subjects/delete-schemas.ts";
export { findVersion, parseVersion } from "./subjects/find-version.ts";
export {
  versionsToFit,
  findSchema,
  type Registration,
  registerSchema,
  type SchemaRequest,
  targetSubject,
} from "./subjects/register-schema.ts";
export {
  type RegistryMode,
  type RegistryRecord,
  type RuleSet,
  registryModes,
  type SchemaMetadata,
  type SchemaVersion,
  type SubjectConfig,
} from "./subjects/registry-record.ts";
export { deleteConfig, deleteMode, setConfig, setMode } from "./subjects/registry-settings.ts";
export { RegistryState } from "./subjects/registry-state.ts";
export { type SchemaFormats, SchemaReader } from "./subjects/schema-reader.ts";
export { type Claim, claimRecord, type ReadRecord, TopicCodec, type TopicRecord } from "./storage/topic-codec.ts";
export { MemoryLog, MemoryTopic } from "./service/memory-log.ts";
export type { LeadershipView, WriteStep } from "./service/leadership.ts";
export { type Decision, Registry, type RegistryOptions } from "./service/registry.ts";
export { RenewedRegistry, type RenewedRegistryOptions } from "./service/renewed-registry.ts";
export { type LoggedRecord, NotAppended, type RegistryLog } from "./service/registry-log.ts";
export { SCHEMAS_TOPIC, SchemasTopic, type SchemasTopicOptions } from "./service/schemas-topic.ts";
