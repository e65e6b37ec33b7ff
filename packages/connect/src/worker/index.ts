export { type ConnectApiOptions, connectApi } from "../rest/connect-api.ts";
export type { ConfigReport } from "../plugin/validate-config.ts";
export { MemoryOffsetStore } from "../storage/memory-offset-store.ts";
export type { OffsetStore, SourceOffset } from "../storage/offset-store.ts";
export type { ConnectState, RunStatus } from "../storage/status-store.ts";
export { ConnectWorker } from "./connect-worker.ts";
export { type InProcessWorkerOptions, startInProcessWorker } from "./in-process-worker.ts";
export { RequestError } from "./request-error.ts";
