import type { Clock } from "@ottla/base";
import { readPage } from "../../metrics/read-page.ts";
import type { BrokerLoad, ClientLoad, MetricsSnapshot, StreamsLoad } from "../../snapshot/metrics-snapshot.ts";
import { isObserved, notObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { MetricsPage } from "../read-metrics.ts";
import type { CallPacer } from "./call-pacer.ts";
import { notObservedOf } from "./not-observed-of.ts";

const NO_PAGE_NAMED = notObserved("notAsked", "No page of metrics was named (--metrics), and the Kafka protocol does not show them.");
const PAGE_TIMEOUT_MS = 10_000;

/** A page's text, or why it was not read. */
interface PageText {
  readonly page: string;
  readonly seen: Observed<string>;
}

/** What the pages of metrics say. One that cannot be read is named with the reason, and the others are there all the same. */
export async function collectMetrics(
  pacer: CallPacer,
  pages: readonly MetricsPage[] | undefined,
  clock: Clock,
): Promise<Observed<MetricsSnapshot>> {
  if (pages === undefined || pages.length === 0) return NO_PAGE_NAMED;
  const texts = await Promise.all(
    pages.map(async ({ page, read }) => ({ page, seen: await pacer.run(1, ({ timeoutMs, signal }) => read(timeoutMs, signal)) })),
  );
  return observed(await metricsOf(texts, clock));
}

/** The same without a look at the cluster around it. Rejects only when the signal ends it. */
export async function readMetrics(pages: readonly MetricsPage[], clock: Clock, signal: AbortSignal): Promise<MetricsSnapshot> {
  const texts = await Promise.all(
    pages.map(async ({ page, read }): Promise<PageText> => {
      try {
        return { page, seen: observed(await read(PAGE_TIMEOUT_MS, signal)) };
      } catch (error) {
        signal.throwIfAborted();
        return { page, seen: notObservedOf(error) };
      }
    }),
  );
  return metricsOf(texts, clock);
}

async function metricsOf(texts: readonly PageText[], clock: Clock): Promise<MetricsSnapshot> {
  const brokers: BrokerLoad[] = [];
  const clients: ClientLoad[] = [];
  const streams: StreamsLoad[] = [];
  const unread: { readonly page: string; readonly reason: string }[] = [];
  for (const { page, seen } of texts) {
    if (!isObserved(seen)) {
      unread.push({ page, reason: seen.message });
      continue;
    }
    const loads = await readPage(page, seen.value, clock);
    if (loads.broker) brokers.push(loads.broker);
    clients.push(...loads.clients);
    streams.push(...loads.streams);
    if (!loads.broker && loads.clients.length === 0 && loads.streams.length === 0)
      unread.push({ page, reason: "It shows no metric of a broker, a client or a Streams application that is known here." });
  }
  return { brokers, clients, streams, unread };
}
