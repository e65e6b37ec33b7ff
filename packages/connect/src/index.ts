export { ConnectError, type ConnectErrorCode, type ConnectPlace, type ConnectStage, RetriableError } from "./connect-error.ts";
export type { ConnectHeader, ConnectRecord, SinkRecord, SourcePlace, SourceRecord } from "./data/connect-record.ts";
export { checkValue } from "./data/check-value.ts";
export {
  compareDecimals,
  type Decimal,
  decimalBytes,
  decimalFromBytes,
  decimalFromText,
  decimalJavaText,
  decimalText,
  isDecimal,
  withScale,
} from "./data/decimal.ts";
export { dateSchema, decimalSchema, type LogicalOptions, timeSchema, timestampSchema } from "./data/logical-types.ts";
export { array, makeSchema, map, optional, plain, type PlainType, type SchemaOptions, struct } from "./data/make-schema.ts";
export { projector } from "./data/project-value.ts";
export { sameSchema, sameValue } from "./data/same-schema.ts";
export type { ConnectField, ConnectSchema, ConnectType, SchemaAndValue } from "./data/schema.ts";
export {
  bool,
  ConfigFamily,
  ConfigField,
  type ConfigShape,
  type ConfigValues,
  double,
  family,
  int,
  list,
  long,
  oneOf,
  secret,
  str,
} from "./plugin/config-shape.ts";
export type { Converter, ConverterPlugin, ConverterRole, HeaderBytes } from "./plugin/converter-plugin.ts";
export { defineConverter, definePredicate, defineSink, defineSource, defineTransform } from "./plugin/define.ts";
export type { CheckContext, CheckFinding, TaskContext } from "./plugin/plugin-context.ts";
export type { AnyPlugin, PluginEntry, PluginKind, PluginOf } from "./plugin/plugin-entry.ts";
export type { SinkPlugin, SinkTask, SinkTaskContext, TopicPlace, WriteContext } from "./plugin/sink-plugin.ts";
export type { SourceEvent, SourceItem, SourcePlugin, SourceProgress, SourceTaskContext } from "./plugin/source-plugin.ts";
export type { Predicate, PredicatePlugin, Transform, TransformPlugin } from "./plugin/transform-plugin.ts";
