export {
  ACL_WILDCARD,
  type AclBinding,
  type AclFilter,
  AclOperation,
  AclPermissionType,
  CLUSTER_NAME,
  operationsOf,
  PatternType,
  ResourceType,
  isImpliedBy,
} from "./acls.ts";
export type { Api, DataMessage } from "./api.ts";
export { ApiKey, type ApiVersionInfo, advertisedMinVersion, apiInfo, apiTable, isVersionSupported } from "./api-keys.ts";
export type { Records } from "./codec/byte-fields.ts";
export { INT64_MAX, NIL_UUID } from "./codec/constants.ts";
export { isMadeWhenWritten, madeWhenWritten, madeWhole } from "./codec/made-when-written.ts";
export { STRING_BYTES_MAX } from "./codec/strings.ts";
export type { RawTaggedField } from "./codec/tagged-fields.ts";
export { ErrorCode, type ErrorName } from "./errors/error-codes.ts";
export { type ErrorInfo, errorInfo, KafkaError } from "./errors/kafka-error.ts";
export { decodeResponse, decodeResponseInSteps, encodeRequest, encodeResponse, peekCorrelationId } from "./frames.ts";
export {
  type RequestHeader,
  readRequestHeader,
  readResponseHeader,
  requestHeaderVersion,
  responseHeaderVersion,
  writeRequestHeader,
  writeResponseHeader,
} from "./headers.ts";
