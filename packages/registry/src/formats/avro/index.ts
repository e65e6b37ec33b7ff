export { isJsonObject, type JsonObject, JsonNumber, type JsonValue } from "../../json/json-value.ts";
export { avroFormat, type ParsedAvro, parseAvroSource } from "./avro-format.ts";
export { type AvroEnum, type AvroField, type AvroNamed, type AvroRecord, type AvroType, fullName, isNamed, typeName } from "./avro-type.ts";
export { type LogicalType, logicalTypeOf } from "./logical-type.ts";
export { branchName, isWrapped, kindOfType, type ValueKind } from "./value-kind.ts";
