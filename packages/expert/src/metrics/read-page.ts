import type { Clock } from "@ottla/base";
import { TimeSlice } from "@ottla/base";
import type { BrokerLoad, ClientLoad, StreamsLoad } from "../snapshot/metrics-snapshot.ts";
import { BrokerLoadReader } from "./broker-load.ts";
import { ClientLoadReader } from "./client-load.ts";
import { parseMetrics } from "./parse-metrics.ts";

/** What one page says. */
export interface PageLoads {
  readonly broker: BrokerLoad | undefined;
  readonly clients: readonly ClientLoad[];
  readonly streams: readonly StreamsLoad[];
}

/** Reads a page of metrics, of a broker, a client or a Streams application. A large one takes a tenth of a second: it rests meanwhile. */
export async function readPage(page: string, text: string, clock: Clock): Promise<PageLoads> {
  const slice = new TimeSlice(clock);
  const [broker, clients] = [new BrokerLoadReader(), new ClientLoadReader()];
  let samples = 0;
  for (const sample of parseMetrics(text)) {
    broker.take(sample);
    clients.take(sample);
    if (++samples % 500 === 0 && slice.isOver) await slice.rest();
  }
  return { broker: broker.load(page), clients: clients.clients(page), streams: clients.streams(page) };
}
