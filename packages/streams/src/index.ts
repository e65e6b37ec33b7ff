export { type Headers, noHeaders, type RecordMetadata, type StreamRecord, type Window, type Windowed } from "./record.ts";
export { type Serdes, serdes } from "./serdes/serdes.ts";
export type { AnySerde, Deserializer, Serde, SerdeFor, Serializer, SerializerFor, TypeOf } from "./serdes/serde.ts";
export { type RecordPlace, StreamsError, type StreamsErrorCode } from "./streams-error.ts";
export type {
  FixedKeyProcessor,
  FixedKeyProcessorContext,
  FixedKeyProcessorSupplier,
  FixedKeyRecord,
  ProcessingContext,
  Processor,
  ProcessorContext,
  ProcessorSupplier,
  ValueTransformer,
  ValueTransformerSupplier,
  Punctuation,
  PunctuationType,
  Punctuator,
} from "./processor/processor.ts";
export type * from "./processor/processor-wrap.ts";
export { Change } from "./processors/change.ts";
export {
  type DropReason,
  type InputRecord as OperatorInput,
  Operator,
  type OperatorContext,
  type OperatorPosition,
  type OperatorSupplier,
  type OperatorTask,
} from "./processors/operator.ts";
export type { AsyncCall, AsyncOptions, CallFailure } from "./processors/async/call-options.ts";
export type { CallOrder } from "./driver/call-order.ts";
export type { SettleOptions } from "./driver/open-calls.ts";
export type * from "./stores/store.ts";
export {
  type KeyValueStoreSettings,
  type SessionStoreSettings,
  type StoreOptionsOfAll,
  type StoreSettings,
  stores,
  type VersionedStoreSettings,
  type WindowStoreSettings,
} from "./stores/stores.ts";
export type * from "./stores/store-builder.ts";
export type { ProcessorNode, SinkNode, SourceNode, TopologyNode } from "./topology/topology-node.ts";
export type {
  Cogrouped,
  GlobalKTable,
  GroupedStream,
  GroupedTable,
  JoinedKeys,
  KStream,
  KTable,
  SessionWindowedStream,
  WindowedStream,
} from "./dsl/k-stream.ts";
export type * from "./dsl/options.ts";
export { type BuildOptions, StreamsBuilder } from "./dsl/streams-builder.ts";
export type { ProducedRecord } from "./driver/produced-record.ts";
export { type InputRecord, TestInputTopic, type TestInputTopicOptions } from "./driver/test-input-topic.ts";
export { TestOutputTopic } from "./driver/test-output-topic.ts";
export type { RawInput, RecordedRecord, TopicReaders, TopicSerdes } from "./driver/topic-types.ts";
export { type DriverOptions, type DriverPace, TopologyTestDriver } from "./driver/topology-test-driver.ts";
export type { Optimization } from "./graph/graph.ts";
export type { ErrorHandlers, FailedRecord, FailureAnswer, FailureHandler, UnwrittenRecord } from "./runtime/failures.ts";
export type { NodeJson, StoreJson, SubtopologyJson, TopologyJson } from "./topology/diagram.ts";
export type { ExtractedFrom, OffsetReset, StreamPartitioner, TimestampExtractor, TopicNameExtractor } from "./topology/parts.ts";
export { type SinkOptions, type SourceOptions, type StoreSourceOptions, Topology } from "./topology/topology.ts";
export { hopping, session, sliding, tumbling, unlimited } from "./dsl/windows.ts";
export type { EmitStrategy, SessionWindows, SlidingWindows, TimeWindows, UnlimitedWindows, Windows } from "./processors/windows/windows.ts";
export { type Explanation, explanationText, type TraceStep } from "./runtime/trace.ts";
export { StreamsApplication, streams } from "./application/application.ts";
export type { CloseOptions } from "./application/close-options.ts";
export type { ApplicationState, StateListener } from "./application/application-state.ts";
export type {
  ApplicationDeps,
  ApplicationErrorHandlers,
  ApplicationOptions,
  ApplicationProtocol,
  FatalAnswer,
  Guarantee,
} from "./application/options/application-options.ts";
export type { ApplicationOptionsByName, ApplicationProperties } from "./application/options/java-names.ts";
export type { TopologyModule, TopologyPlace } from "./application/threads/topology-module.ts";
export type * from "./application/queries/store-queries.ts";
export type { AnswerInfo, Page, PageOptions, QueryOptions, RowsOptions } from "./application/queries/store-options.ts";
export type { CopyRole, Position } from "./application/queries/store-query.ts";
export type { QueryServer, ServeOptions } from "./application/queries/http/serve-queries.ts";
export type { InstanceMetadata, KeyMetadata } from "./application/queries/store-metadata.ts";
export {
  StoreQueryError,
  type StoreProgress,
  type StoreQueryDetails,
  type StoreQueryErrorCode,
} from "./application/queries/store-query-error.ts";
export type { ApplicationDescription } from "./application/observe/application-observer.ts";
export type { StreamsMetric } from "./application/observe/java-metrics.ts";
export type * from "./application/observe/snapshots.ts";
export type { Reason, WhyCode } from "./application/observe/why/reason.ts";
export type { NodeCounts, TaskCounts, TopicCount } from "./runtime/task-meter.ts";
export type { SpannedRecord, SpannedTask, SpanSource, TaskSpans } from "./runtime/task-spans.ts";
export type { StatValues } from "./runtime/windowed-stat.ts";
export type { HeldBack } from "./processors/operator.ts";
export type { RestoreListener, RestoreProgress } from "./application/restore/changelog-restore.ts";
