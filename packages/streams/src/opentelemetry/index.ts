export { type MetricsOptions, observeMetrics } from "./observe-metrics.ts";
export { type SpanOptions, taskSpans } from "./task-spans.ts";
