import type { ProtoScalar } from "./proto-file.ts";

/** How a scalar is written. Within a group a reader of one type reads another one's data (Protobuf's language guide, "Updating a message type"). */
type WireGroup = "varint" | "zigzag" | "fixed32" | "fixed64" | "float" | "double" | "length";

const GROUPS: Readonly<Record<ProtoScalar, WireGroup>> = {
  int32: "varint",
  uint32: "varint",
  int64: "varint",
  uint64: "varint",
  bool: "varint",
  sint32: "zigzag",
  sint64: "zigzag",
  fixed32: "fixed32",
  sfixed32: "fixed32",
  fixed64: "fixed64",
  sfixed64: "fixed64",
  float: "float",
  double: "double",
  string: "length",
  bytes: "length",
};

export function wireGroup(scalar: ProtoScalar): WireGroup {
  return GROUPS[scalar];
}
