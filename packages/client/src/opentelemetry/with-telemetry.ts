import { metrics, trace } from "@opentelemetry/api";
import type { Client } from "../client.ts";
import type { Consumer } from "../consumer/consumer-types.ts";
import { checkFunction, checkObject, checkOptions, checkText } from "../options/argument-checks.ts";
import type { Producer } from "../producer/producer-types.ts";
import type { AcknowledgementResult, ShareConsumer } from "../share/share-types.ts";
import { ClientMetrics } from "./client-metrics.ts";
import { overriding } from "./overriding.ts";
import { ProcessSpans } from "./process-spans.ts";
import { ShareCounts } from "./share-counts.ts";
import { TracedConsumer } from "./traced-consumer.ts";
import { TracedShareConsumer } from "./traced-share-consumer.ts";
import { TracedSends } from "./traced-sends.ts";

const NAME = "@ottla/client";

/** What telemetry needs to know beside what it sees. */
export interface TelemetryOptions {
  /** As in `createClient`; stands in spans. */
  readonly clientId?: string | undefined;
}

/**
 * The same client, whose producers and consumers, typed ones too, make spans and metrics through `@opentelemetry/api` by the messaging conventions, with the trace's context in
 * the records' headers. Until the program registers a provider all of it goes nowhere and costs next to nothing. Throws `ClientError` INVALID_ARGUMENT.
 */
export function withTelemetry(client: Client, options?: TelemetryOptions): Client {
  checkFunction("withTelemetry: client.producer", checkObject("withTelemetry: client", client)["producer"]);
  checkOptions("withTelemetry", options, { clientId: checkText });
  const { clientId } = options ?? {};
  const tracer = trace.getTracer(NAME);
  const meter = metrics.getMeter(NAME);
  const counters = new ClientMetrics(meter);
  const shareCounts = new ShareCounts(meter);
  return overriding<Client>(client, {
    producer: (options) => {
      const producer: Producer = client.producer(options);
      counters.watchProducer(producer, clientId);
      const sends = new TracedSends(tracer, counters, options?.transactionalId, clientId);
      return overriding<Producer>(producer, {
        ...sends.around(producer),
        transaction: (run, callOptions) =>
          producer.transaction((transaction) => run(overriding(transaction, sends.around(transaction))), callOptions),
        close: (closeOptions) => producer.close(closeOptions).finally(() => counters.producerClosed(producer)),
      });
    },
    consumer: (options) => {
      const consumer: Consumer = client.consumer(options);
      counters.watchConsumer(consumer, groupOf(options), clientId);
      const traced = new TracedConsumer(consumer, new ProcessSpans(tracer, counters, groupOf(options), clientId));
      return overriding<Consumer>(consumer, {
        records: (waitOptions) => traced.records(waitOptions),
        batches: (waitOptions) => traced.batches(waitOptions),
        poll: (timeoutMs, waitOptions) => traced.poll(timeoutMs, waitOptions),
        run: (runOptions) => traced.run(runOptions),
        close: (closeOptions) => consumer.close(closeOptions).finally(() => counters.consumerClosed(consumer)),
      });
    },
    shareConsumer: (options) => {
      const groupId = groupOf(options);
      const counts = shareCounts.of(groupId, clientId);
      // What is no function is refused by the consumer, under its own name.
      const told = options?.onAcknowledged;
      const onAcknowledged = (results: readonly AcknowledgementResult[]): void => {
        counts.acknowledged(results);
        told?.(results);
      };
      const consumer: ShareConsumer = client.shareConsumer(
        told === undefined || typeof told === "function" ? { ...options, onAcknowledged } : options,
      );
      const traced = new TracedShareConsumer(consumer, new ProcessSpans(tracer, counters, groupId, clientId));
      return overriding<ShareConsumer>(consumer, {
        records: (waitOptions) => traced.records(waitOptions),
        poll: (timeoutMs, waitOptions) => traced.poll(timeoutMs, waitOptions),
        run: (runOptions) => traced.run(runOptions),
      });
    },
  });
}

/** By either of its names. */
function groupOf(options: unknown): string | undefined {
  const { groupId, "group.id": dotted } = (options ?? {}) as { readonly groupId?: string; readonly "group.id"?: string };
  return groupId ?? dotted;
}
