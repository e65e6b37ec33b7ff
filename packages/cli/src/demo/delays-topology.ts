import { type Serde, serdes, StreamsBuilder, type Topology, tumbling } from "@ottla/streams";
import { noDelays, publishedDelays, statisticsSerde, withFlight } from "./delay-statistics.ts";
import { DELAYS_TOPIC, FLIGHTS_TOPIC } from "./demo-topics.ts";
import type { FlightFacts, FlightValues } from "./flight-values.ts";

/** The store of an airport's statistics. */
export const AIRPORT_STORE = "airport-delays";
/** The store of an airport's statistics day by day. */
export const DAILY_STORE = "daily-delays";
const DAY_MS = 86_400_000;

/** Counts what went through. */
export interface FlightCounts {
  flights: number;
}

/** Delay statistics of each airport, in all and day by day by the planned departure; those in all go to a compacted topic as well. */
export function delaysTopology(values: FlightValues, airportNames: ReadonlyMap<string, string>, counts: FlightCounts): Topology {
  const b = new StreamsBuilder();
  const departures = b
    .stream(FLIGHTS_TOPIC, { key: serdes.string, value: flightSerde(values) })
    .filter((flight): flight is FlightFacts => flight !== null)
    .groupByKey();
  departures
    .aggregate(
      () => noDelays,
      (delays, { delay }) => {
        counts.flights++;
        return withFlight(delays, delay);
      },
      { store: { name: AIRPORT_STORE }, value: statisticsSerde },
    )
    .toStream()
    .mapValues((delays, airport) => publishedDelays(airport, airportNames.get(airport), delays))
    .to(DELAYS_TOPIC, { key: serdes.string, value: serdes.string });
  departures.windowedBy(tumbling({ sizeMs: DAY_MS, graceMs: DAY_MS })).aggregate(
    () => noDelays,
    (delays, { delay }) => withFlight(delays, delay),
    // The flights are of 2001: their age must not make Kafka delete them.
    { store: { name: DAILY_STORE, retentionMs: 400 * DAY_MS, changelogConfig: { "retention.ms": "-1" } }, value: statisticsSerde },
  );
  return b.build();
}

/** Null for what is no flight: anyone may write to the topic. */
function flightSerde(values: FlightValues): Serde<FlightFacts | null> {
  return {
    name: "flight",
    serialize: () => {
      throw new TypeError("The topology writes no flights.");
    },
    deserialize(_topic, bytes) {
      const read = values.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      // Of a schema that is not known: it was written by somebody else.
      return read === undefined || read instanceof Promise ? null : read;
    },
  };
}
