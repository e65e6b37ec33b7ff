// What workers' threads load: topic `in` to topic `out`, with spans that are made where the tasks are.
import { isMainThread } from "node:worker_threads";
import { propagation, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { serdes, StreamsBuilder } from "@ottla/streams";
import { taskSpans } from "@ottla/streams/opentelemetry";

// The application's own thread has its own.
if (!isMainThread) {
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}

const b = new StreamsBuilder();
b.stream("in", { key: serdes.string, value: serdes.string }).to("out");

export const topology = b.build();
export const spans = taskSpans({ per: "record" });
