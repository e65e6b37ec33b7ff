export { isJsonObject, type JsonObject, JsonNumber, type JsonValue } from "../../json/json-value.ts";
export { avroFormat, type ParsedAvro, parseAvroSource } from "./avro-format.ts";
export { type AvroEnum, type AvroField, type AvroNamed, type AvroRecord, type AvroType, fullName, isNamed, typeName } from "./avro-type.ts";
