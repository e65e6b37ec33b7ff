import { type BatchObservableResult, type Meter, metrics, type Observable } from "@opentelemetry/api";
import type { StreamsApplication } from "../application/application.ts";
import type { StreamsMetric } from "../application/observe/java-metrics.ts";
import { type Instrument, instruments } from "./instruments.ts";

/** How metrics are given. */
export interface MetricsOptions {
  /** Default: of the provider that is registered by now. */
  readonly meter?: Meter;
}

/**
 * Lets OpenTelemetry collect what `app.metrics()` tells, of all its workers and their threads, under the names that Java's clients send it by (KIP-714), such as `org.apache.kafka.stream.task.process.total`, with Java's tags as
 * attributes; the state is a number, texts are left out. Looked up when somebody collects, and at no other time. Ends with the application, or when what it returns is called.
 */
export function observeMetrics(app: StreamsApplication, { meter = metrics.getMeter("@ottla/streams") }: MetricsOptions = {}): () => void {
  const observables = new Map(instruments.map((each) => [keyOf(each.group, each.name), observableOf(meter, each)]));
  const look = async (result: BatchObservableResult): Promise<void> => {
    for (const { group, name, tags, value } of await app.metrics()) {
      const observable = observables.get(keyOf(group, name));
      // Not measured yet.
      if (observable === undefined || typeof value !== "number" || Number.isNaN(value)) continue;
      result.observe(observable, value, tags);
    }
  };
  const all = [...observables.values()];
  meter.addBatchObservableCallback(look, all);
  const end = (): void => {
    forget();
    meter.removeBatchObservableCallback(look, all);
  };
  const forget = app.onState((to) => {
    if (to === "NOT_RUNNING" || to === "ERROR") end();
  });
  return end;
}

function observableOf(meter: Meter, { group, name, kind, unit }: Instrument): Observable {
  const description = `Java's ${name} of ${group}.`;
  const otelName = `org.apache.kafka.${group.replace(/-metrics$/, "")}.${name}`.replaceAll("-", ".");
  const options = { description, ...(unit === undefined ? {} : { unit }) };
  return kind === "counter" ? meter.createObservableCounter(otelName, options) : meter.createObservableGauge(otelName, options);
}

function keyOf(group: StreamsMetric["group"], name: StreamsMetric["name"]): string {
  return `${group} ${name}`;
}
