import {
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_cpp_features,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { type LinkedProto, linkProto } from "./link-proto.ts";
import { parseProto } from "./parse-proto.ts";
import type { ProtoFile } from "./proto-file.ts";
import { protoOfDescriptor } from "./proto-of-descriptor.ts";

const GOOGLE = [
  file_google_protobuf_any,
  file_google_protobuf_api,
  file_google_protobuf_cpp_features,
  file_google_protobuf_descriptor,
  file_google_protobuf_duration,
  file_google_protobuf_empty,
  file_google_protobuf_field_mask,
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
  file_google_protobuf_source_context,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
  file_google_protobuf_type,
  file_google_protobuf_wrappers,
];

const META = `syntax = "proto3"; package confluent; import "google/protobuf/descriptor.proto";
message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
extend google.protobuf.FileOptions { Meta file_meta = 1088; }
extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }`;
const DECIMAL = 'syntax = "proto3"; package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }';
/** Of Google's common types, the two that converters write days and times of day with. */
const DAY = 'syntax = "proto3"; package google.type; message Date { int32 year = 1; int32 month = 2; int32 day = 3; }';
const TIME_OF_DAY =
  'syntax = "proto3"; package google.type; message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }';

const files: ReadonlyMap<string, () => ProtoFile> = new Map([
  ...GOOGLE.map(({ proto }): [string, () => ProtoFile] => [proto.name, () => protoOfDescriptor(proto, () => undefined)]),
  ["confluent/meta.proto", () => parseProto(META)],
  ["confluent/type/decimal.proto", () => parseProto(DECIMAL)],
  ["google/type/date.proto", () => parseProto(DAY)],
  ["google/type/timeofday.proto", () => parseProto(TIME_OF_DAY)],
]);
const linked = new Map<string, LinkedProto>();

/** What can be imported without a reference: Google's own files, and the four that registries know. Each is read when it is first asked for. */
export function wellKnownImport(path: string): LinkedProto | undefined {
  const known = linked.get(path);
  if (known !== undefined) return known;
  const file = files.get(path)?.();
  if (file === undefined) return undefined;
  const imports = new Map<string, LinkedProto>();
  for (const each of file.imports) {
    const found = wellKnownImport(each.path);
    if (found !== undefined) imports.set(each.path, found);
  }
  const result = linkProto(file, imports);
  linked.set(path, result);
  return result;
}
