export { type ParsedProtobuf, parseProtobufSource } from "./protobuf-format.ts";
