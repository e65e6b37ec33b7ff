export { type ParsedProtobuf, parseProtobufSource } from "./protobuf-format.ts";
export type { ProtoFile } from "./proto-file.ts";
