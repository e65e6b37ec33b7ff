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
export { type Difference, MAX_DIFFERENCES } from "./compatibility/difference.ts";
export { avroFormat, type ParsedAvro, parseAvroSource } from "./formats/avro/avro-format.ts";
export type { ParsedSchema, ResolvedReference, SchemaFormat, SchemaReference, SchemaSource, SchemaType } from "./formats/schema-format.ts";
export { RegistryError, type RegistryErrorCode } from "./registry-error.ts";
