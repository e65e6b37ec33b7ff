export { type Headers, noHeaders, type RecordMetadata, type StreamRecord, type Window, type Windowed } from "./record.ts";
export { serdes } from "./serdes/serdes.ts";
export type { Serde, TypeOf } from "./serdes/serde.ts";
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
  Punctuation,
  PunctuationType,
  Punctuator,
} from "./processor/processor.ts";
export { Change } from "./processors/change.ts";
export { type DropReason, type FailureHandler, Operator, type OperatorContext, type OperatorSupplier } from "./processors/operator.ts";
export type * from "./stores/store.ts";
export { stores, type StoreSettings } from "./stores/stores.ts";
export type * from "./stores/store-builder.ts";
export type { ProcessorNode, SinkNode, SourceNode, TopologyNode } from "./topology/topology-node.ts";
