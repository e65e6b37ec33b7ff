import { serdes, session, StreamsBuilder, type Topology, tumbling } from "@ottla/streams";
import { checkedJson } from "./bad-input.ts";

/** A reading of a device. The record's key is the device, its time that of the reading. */
export interface Reading {
  readonly celsius: number;
}

/** What is known of a device. */
export interface Device {
  readonly site: string;
  readonly celsiusMax: number;
}

export interface PlacedReading extends Reading {
  readonly site: string;
  readonly celsiusMax: number;
}

export interface Alarm {
  readonly site: string;
  readonly celsius: number;
  readonly celsiusMax: number;
}

export interface Minute {
  readonly count: number;
  readonly sum: number;
  readonly least: number;
  readonly most: number;
}

const MINUTE_MS = 60_000;
/** Devices send when they can: a reading may be so late. */
const LATE_MS = 120_000;
/** A device that is silent for longer was away. */
const SILENCE_MS = 300_000;

const NOTHING: Minute = { count: 0, sum: 0, least: Number.MAX_SAFE_INTEGER, most: Number.MIN_SAFE_INTEGER };

const reading = checkedJson<Reading>("a reading", ({ celsius }) => Number.isFinite(celsius));
const device = checkedJson<Device>("a device", ({ site, celsiusMax }) => typeof site === "string" && Number.isFinite(celsiusMax));

/** Readings with what is known of their device; alarms above its threshold; each minute's figures, final; and for how long devices were there. */
export function telemetry(): Topology {
  const b = new StreamsBuilder();
  const devices = b.table("devices", { key: serdes.string, value: device, store: "devices" });
  const readings = b
    .stream("readings", { key: serdes.string, value: reading })
    .join(devices, ({ celsius }, { site, celsiusMax }): PlacedReading => ({ celsius, site, celsiusMax }));

  readings
    .filter(({ celsius, celsiusMax }) => celsius > celsiusMax)
    .mapValues(({ site, celsius, celsiusMax }): Alarm => ({ site, celsius, celsiusMax }), { value: serdes.json<Alarm>() })
    .to("alarms");

  const byDevice = readings.groupByKey({ value: serdes.json<PlacedReading>() });
  byDevice
    .windowedBy(tumbling({ sizeMs: MINUTE_MS, graceMs: LATE_MS }))
    .emit("onClose")
    .aggregate(() => NOTHING, withReading, { value: serdes.json<Minute>(), store: "minutes" })
    .toStream()
    .to("minutes");

  byDevice
    .windowedBy(session({ gapMs: SILENCE_MS, graceMs: LATE_MS }))
    .emit("onClose")
    .count({ store: "presence" })
    .toStream()
    .to("presence");

  return b.build({ requireNames: true });
}

function withReading({ count, sum, least, most }: Minute, { celsius }: PlacedReading): Minute {
  return { count: count + 1, sum: sum + celsius, least: Math.min(least, celsius), most: Math.max(most, celsius) };
}
