export { ActionAudit, type ActionAuditSettings } from "./audit/action-audit.ts";
export {
  AUDIT_FORMAT_VERSION,
  type AuditAccess,
  type AuditAcl,
  type AuditAction,
  type AuditBody,
  type AuditChange,
  type AuditClient,
  type AuditEvent,
  type AuditLogin,
  type AuditRequest,
  type AuditResource,
  type AuditRule,
  type LoginFailure,
} from "./audit/audit-event.ts";
export { AuditFile, type AuditFileSettings } from "./audit/audit-file.ts";
export { AuditOutlet, type AuditSink, type StampedBody } from "./audit/audit-outlet.ts";
export { type AuditLine, parseAuditLine } from "./audit/parse-audit-line.ts";
export { ByteReader } from "./bytes/byte-reader.ts";
export { ByteWriter } from "./bytes/byte-writer.ts";
export type { MessagePart, UnreadBytes } from "./bytes/unread-bytes.ts";
export { ConfigDef, type ConfigReport } from "./config/config-def.ts";
export {
  type ConfigImportance,
  type ConfigKey,
  type ConfigKeyOptions,
  type ConfigSynonym,
  type ConfigType,
  type ConfigValidator,
  type ConfigValue,
  configKey,
  type DynamicMode,
} from "./config/config-key.ts";
export { ConfigError, describeAllowed, formatConfigValue, type ParsedConfig, parseConfig } from "./config/config-value.ts";
export { type JaasEntry, parseJaasConfig } from "./config/jaas-config.ts";
export { type JavaProperties, type PropertyEntry, parseJavaProperties, readJavaProperties } from "./config/java-properties.ts";
export { InvariantError, invariant, MalformedBytesError, OttlaError } from "./errors.ts";
export { greatestOf, leastOf } from "./extremes.ts";
export { functionOf } from "./function-of.ts";
export {
  type KeySettings,
  type ReadFile,
  readKeyMaterial,
  type StoreSettings,
  tlsVersionsOf,
} from "./keystores/key-material.ts";
export { openKeystore } from "./keystores/open-keystore.ts";
export { type PemParts, pemParts, revocationListsIn } from "./keystores/pem.ts";
export type { OpenedStores } from "./keystores/pkcs12.ts";
export { LatencyHistogram, latencyBoundsMs } from "./metrics/latency-histogram.ts";
export { type LabelText, labelText, type MetricFamily, type SampleSink, singleSample } from "./metrics/metric-family.ts";
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from "./metrics/prometheus-text.ts";
export { nearName } from "./near-name.ts";
export { ownValue } from "./own-value.ts";
export { pause } from "./pause.ts";
export { printable, printableJson } from "./printable.ts";
export type { Clock, Timer } from "./seams/clock.ts";
export {
  type DirectoryLock,
  type Disk,
  DiskError,
  DISK_ERROR_CODES,
  type DiskErrorCode,
  type DiskFile,
  type DiskSpace,
  type FileStat,
} from "./seams/disk.ts";
export { type LogFields, type Logger, silentLogger } from "./seams/logger.ts";
export type { AcceptedTls, Net, NetListener, NetSocket, NetSocketEvents } from "./seams/net.ts";
export { type Random, randomUuid } from "./seams/random.ts";
export type {
  TlsAcceptOptions,
  TlsClient,
  TlsClientAuth,
  TlsClientMaterial,
  TlsPeer,
  TlsServer,
  TlsServerMaterial,
  TlsStartOptions,
  TlsVersion,
} from "./seams/tls.ts";
export { AccessFile } from "./security/access-file.ts";
export { type DoorRules, hostNameIn, isLoopbackName, strangerReason } from "./security/foreign-requests.ts";
export { isOfGlob } from "./security/glob.ts";
export { type HandshakeGuest, HandshakeRoom, handshakePlaces } from "./security/handshake-room.ts";
export { isAtLeast, type Role, roles } from "./security/roles.ts";
export { IMPLYING_OPERATIONS } from "./security/implying-operations.ts";
export { shellWord } from "./shell-word.ts";
export { sortInSlices } from "./sort-in-slices.ts";
export { type SchemaIssue, SchemaMismatch, type SchemaResult, type StandardSchema, validated } from "./standard-schema.ts";
export { mapInSlices, TimeSlice } from "./time-slice.ts";
