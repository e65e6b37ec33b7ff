export { CheckFailure, type ConnectorCheck } from "./connector-check.ts";
export { sinkChecks, type SinkStage, type SinkSubject } from "./sink-checks.ts";
export { sourceChecks, type SourceStage, type SourceSubject } from "./source-checks.ts";
