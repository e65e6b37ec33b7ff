import {
  type FixedKeyProcessorContext,
  type FixedKeyProcessorSupplier,
  type KeyValueStore,
  type ProcessorContext,
  type ProcessorSupplier,
  serdes,
  sliding,
  stores,
  StreamsBuilder,
  type Topology,
  type Windowed,
} from "@ottla/streams";
import { checkedJson, isWhole } from "./bad-input.ts";

/** A payment by card. The record's key is the card, its time that of the payment. */
export interface Payment {
  readonly id: string;
  readonly amount: number;
  readonly merchant: string;
  readonly latitude: number;
  readonly longitude: number;
}

export interface Merchant {
  readonly name: string;
  /** From 0, harmless, to 1. */
  readonly risk: number;
}

export interface Alert {
  readonly kind: "velocity" | "travel" | "merchant";
  readonly card: string;
  readonly says: string;
}

/** So many payments within a minute are too many. */
const PAYMENTS_MAX = 5;
const MINUTE_MS = 60_000;
/** Faster than an airliner. */
const KILOMETRES_PER_HOUR_MAX = 1000;
/** Below this distance two terminals may simply disagree about where they are. */
const KILOMETRES_MIN = 50;
const RISK_MAX = 0.8;
const EARTH_RADIUS_KILOMETRES = 6371;

const payment = checkedJson<Payment>(
  "a payment",
  ({ id, amount, merchant, latitude, longitude }) =>
    typeof id === "string" && typeof merchant === "string" && [amount, latitude, longitude].every(Number.isFinite),
);
const merchant = checkedJson<Merchant>("a merchant", ({ name, risk }) => typeof name === "string" && Number.isFinite(risk));
const alert = serdes.json<Alert>();

/** Payments that should not be, by three rules: too many in a minute, too far apart for the time between them, at a merchant of whom that is expected. */
export function fraudDetection(): Topology {
  const b = new StreamsBuilder();
  const payments = b.stream("card-payments", { key: serdes.string, value: payment }).filter(isWhole);
  const merchants = b.globalTable("merchants", { key: serdes.string, value: merchant, store: "merchants" });

  payments
    .groupByKey()
    .windowedBy(sliding({ differenceMs: MINUTE_MS, graceMs: 10_000 }))
    // A cache would give on the last of several counts only, and the one that matters could be among the others.
    .count({ store: { name: "payments-per-minute", caching: false } })
    .toStream()
    .filter((count) => count === PAYMENTS_MAX)
    .process(minuteBeforePayment, { name: "velocity" })
    .to("alerts", { key: serdes.string, value: alert, name: "velocity-alerts" });

  b.addStateStore(stores.keyValue({ name: "last-payments", key: serdes.string, value: serdes.json<PlacedPayment>() }));
  payments.processValues(impossibleTravel, { stores: ["last-payments"], value: alert, name: "travel" }).to("alerts");

  payments
    .joinGlobal(
      merchants,
      ({ merchant }) => merchant,
      (one, merchant) => ({ one, merchant }),
    )
    .filter(({ merchant }) => merchant.risk > RISK_MAX)
    .mapValues(
      ({ one, merchant }, card): Alert => ({ kind: "merchant", card, says: `${one.amount} to ${merchant.name}, risk ${merchant.risk}` }),
    )
    .to("alerts", { value: alert, name: "merchant-alerts" });

  return b.build({ requireNames: true });
}

/**
 * Of the windows with too many payments those that end at a payment: the minute before it. All others begin behind one, and hold the same payments but for that one: they would only say it again, a payment
 * later.
 */
const minuteBeforePayment: ProcessorSupplier<Windowed<string>, number, string, Alert> = () => {
  let context: ProcessorContext<string, Alert>;
  return {
    init(given) {
      context = given;
    },
    process({ key: { key: card, window }, value: count, timestamp, headers }) {
      if (window.endMs !== timestamp) return;
      const value: Alert = { kind: "velocity", card, says: `${count} payments within a minute` };
      context.forward({ key: card, value, timestamp, headers });
    },
  };
};

interface PlacedPayment extends Payment {
  readonly timestamp: number;
}

/** Compares each payment with the card's last one. Late ones are compared too, and do not become the last. */
const impossibleTravel: FixedKeyProcessorSupplier<string, Payment, Alert> = () => {
  let last: KeyValueStore<string, PlacedPayment>;
  let context: FixedKeyProcessorContext<string, Alert>;
  return {
    init(given) {
      context = given;
      last = context.stateStore("last-payments");
    },
    process(record) {
      const { key: card, value, timestamp } = record;
      const before = last.get(card);
      if (before === null || before.timestamp <= timestamp) last.put(card, { ...value, timestamp });
      if (before === null) return;
      const kilometres = distance(before, value);
      const hours = Math.abs(timestamp - before.timestamp) / 3_600_000;
      if (kilometres < KILOMETRES_MIN || kilometres <= hours * KILOMETRES_PER_HOUR_MAX) return;
      context.forward(record.withValue({ kind: "travel", card, says: `${Math.round(kilometres)} km in ${Math.round(hours * 60)} min` }));
    },
  };
};

/** Along the surface, in kilometres. */
export function distance(from: Pick<Payment, "latitude" | "longitude">, to: Pick<Payment, "latitude" | "longitude">): number {
  const [fromLatitude, toLatitude] = [radians(from.latitude), radians(to.latitude)];
  const haversine =
    Math.sin((toLatitude - fromLatitude) / 2) ** 2 +
    Math.cos(fromLatitude) * Math.cos(toLatitude) * Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_KILOMETRES * Math.asin(Math.sqrt(haversine));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
