export { contextOf } from "./process-spans.ts";
export { type TelemetryOptions, withTelemetry } from "./with-telemetry.ts";
