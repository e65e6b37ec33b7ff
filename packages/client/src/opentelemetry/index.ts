export { contextOf } from "./traced-consumer.ts";
export { type TelemetryOptions, withTelemetry } from "./with-telemetry.ts";
