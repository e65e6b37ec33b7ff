import { OttlaError } from "@ottla/base";
import type { SchemaSerde } from "@ottla/serdes";
import { FLIGHTS_TOPIC } from "./demo-topics.ts";

/** A flight as it stands in the topic. */
interface Flight {
  readonly flight: number;
  /** Local time, to the minute. */
  readonly departure: string;
  readonly origin: string;
  readonly destination: string;
  readonly delay: number;
  readonly distance: number;
}

/** What the demonstration needs of one. */
export type FlightFacts = Pick<Flight, "flight" | "delay">;

/** How flights are written and read. */
export interface FlightValues {
  write(flight: Flight): Uint8Array | string;
  /** Undefined for what is no flight: anyone may write to the topic. A promise where a schema is met for the first time. */
  read(value: Buffer | null): FlightFacts | undefined | Promise<FlightFacts | undefined>;
  close(): void;
}

/** Avro under the schema `flights-value` where there is a registry, else JSON. */
export function flightValues(registryUrl: string | undefined): Promise<FlightValues> {
  return registryUrl === undefined ? Promise.resolve(jsonFlights) : avroFlights(registryUrl);
}

const field = (name: keyof Flight, type: unknown, doc: string): object => ({ name, type, doc });
const NUMBER = field("flight", "int", "Its place among all flights by departure, from 0.");
const DELAY = field("delay", "int", "Minutes between the planned and the real departure; negative is early.");
const NAME = { type: "record", name: "Flight", namespace: "ottla.demo", doc: "A flight within the United States, in 2001." };
const SCHEMA = {
  ...NAME,
  fields: [
    NUMBER,
    field("departure", "string", "Local time of the departure, to the minute."),
    field("origin", "string", "IATA code of the airport it leaves from; the record's key, too."),
    field("destination", "string", "IATA code of the airport it flies to."),
    DELAY,
    field("distance", "int", "Miles."),
  ],
};
/** A reader that wants less takes less: the rest is passed over, not decoded. */
const FACTS_SCHEMA = { ...NAME, fields: [NUMBER, DELAY] };

async function avroFlights(registryUrl: string): Promise<FlightValues> {
  const { avro, createRegistryClient } = await import("@ottla/serdes");
  const registry = createRegistryClient({ baseUrls: registryUrl });
  const context = { topic: FLIGHTS_TOPIC, field: "value" } as const;
  const writer: SchemaSerde<Flight> = avro<Flight>({ registry, schema: SCHEMA });
  const reader: SchemaSerde<FlightFacts> = avro<FlightFacts>({ registry, schema: FACTS_SCHEMA });
  await writer.prepare(context);
  const write = (flight: Flight): Uint8Array | string => writer.serialize(flight, context) as Uint8Array;
  await reader.prefetch([{ bytes: Buffer.from(write({ flight: 0, departure: "", origin: "", destination: "", delay: 0, distance: 0 })) }]);
  return {
    write,
    read(value) {
      // Of an earlier run, or of one without a registry.
      if (value === null || value[0] !== 0) return jsonFacts(value);
      try {
        const read = reader.deserialize(value, context, []);
        return read instanceof Promise ? read.catch(() => undefined) : read;
      } catch {
        return undefined;
      }
    },
    close: () => void registry[Symbol.asyncDispose](),
  };
}

const jsonFlights: FlightValues = {
  write: ({ flight, departure, origin, destination, delay, distance }) =>
    `{"flight":${flight},"departure":"${departure}","origin":"${origin}","destination":"${destination}","delay":${delay},"distance":${distance}}`,
  read(value) {
    if (value?.[0] === 0)
      throw new OttlaError(
        "DEMO_NEEDS_REGISTRY",
        "The flights are there from a run with a registry, as Avro; start with the registry again (leave out --only), or use another --data-dir.",
      );
    return jsonFacts(value);
  },
  close: () => {},
};

function jsonFacts(value: Buffer | null): FlightFacts | undefined {
  const { flight, delay } = (parseObject(value) ?? {}) as Partial<Record<keyof FlightFacts, unknown>>;
  return Number.isSafeInteger(flight) && Number.isSafeInteger(delay) ? { flight: flight as number, delay: delay as number } : undefined;
}

/** The object in a record's value; undefined for anything else. */
function parseObject(value: Buffer | null): Readonly<Record<string, unknown>> | undefined {
  if (value === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(value.toString());
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
