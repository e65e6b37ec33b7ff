import {
  type FixedKeyProcessorContext,
  type FixedKeyProcessorSupplier,
  type KeyValueStore,
  type ProcessorContext,
  type ProcessorSupplier,
  serdes,
  stores,
  StreamsBuilder,
  type Topology,
  type WindowStore,
} from "@ottla/streams";
import { checkedJson, isWhole } from "./bad-input.ts";

/** The record's key is the order's id. */
export interface Order {
  readonly product: string;
  readonly quantity: number;
}

/** What the warehouse got or lost. The record's key is the product. */
export interface Delivery {
  readonly quantity: number;
}

/** What the bank says of an order, by whose id the record is keyed. */
export interface Payment {
  readonly isPaid: boolean;
}

export interface Reservation extends Order {
  readonly isReserved: boolean;
}

export interface Outcome extends Order {
  readonly state: "confirmed" | "refused" | "released";
  readonly reason: string;
}

const PAYMENT_WITHIN_MS = 600_000;
const LATE_MS = 5000;
/** No answer to an order comes later than so long after another one. */
const REMEMBERED_MS = 2 * PAYMENT_WITHIN_MS + LATE_MS;

const order = checkedJson<Order>("an order", ({ product, quantity }) => typeof product === "string" && isCount(quantity) && quantity > 0);
const reservation = serdes.json<Reservation>();
const outcome = serdes.json<Outcome>();

/**
 * An order over three services: goods are reserved where the product's stock is kept, the payment is waited for where the order is, and what was reserved for an order that is not paid goes back. Each step
 * happens where its key's partition is: orders go to their product's partition and come back to their own by topics of the application's.
 */
export function orderSaga(): Topology {
  const b = new StreamsBuilder();
  b.addStateStore(stores.keyValue({ name: "stock", key: serdes.string, value: serdes.long }));
  b.addStateStore(whatWasSeen("orders-seen"));
  b.addStateStore(whatWasSeen("orders-settled"));

  const orders = b
    .stream("orders", { key: serdes.string, value: order })
    .filter(isWhole)
    // An order that was sent twice is one order.
    .processValues(onceByKey<Order>("orders-seen"), { stores: ["orders-seen"], value: order, name: "order-once" })
    .map((value, id): [string, StockChange] => [value.product, { kind: "reserve", order: id, quantity: value.quantity }], asStockChange);
  const deliveries = b
    .stream("deliveries", { key: serdes.string, value: checkedJson<Delivery>("a delivery", ({ quantity }) => isCount(quantity)) })
    .filter(isWhole)
    .mapValues(({ quantity }): StockChange => ({ kind: "deliver", quantity }), { value: stockChange });
  const returns = b
    .stream("returns", { key: serdes.string, value: order })
    .filter(isWhole)
    .map(({ product, quantity }): [string, StockChange] => [product, { kind: "deliver", quantity }], asStockChange);

  const reservations = orders
    .merge(returns)
    .merge(deliveries)
    // All through one topic, the deliveries too, which have a product as key already: the stock of a product must be in one place, however many partitions each topic has.
    .repartition({ name: "stock-changes" })
    .process(stockKeeper, { stores: ["stock"], name: "stock-keeper" })
    .repartition({ name: "reservations", key: serdes.string, value: reservation });

  const { reserved, refused } = reservations.split({ reserved: ({ isReserved }) => isReserved }, { default: "refused" });
  refused.mapValues((one): Outcome => ({ ...plain(one), state: "refused", reason: "not in stock" }), { value: outcome }).to("outcomes");

  const payments = b.stream("payments", {
    key: serdes.string,
    value: checkedJson<Payment>("a payment", ({ isPaid }) => typeof isPaid === "boolean"),
  });
  const answered = reserved.leftJoin(payments, settle, {
    beforeMs: PAYMENT_WITHIN_MS,
    afterMs: PAYMENT_WITHIN_MS,
    graceMs: LATE_MS,
    name: "payment",
    storeName: "payment",
  });
  // A bank may say two things of one order: what it said first counts, since the goods may have gone back by then.
  const settled = answered.processValues(onceByKey<Outcome>("orders-settled"), {
    stores: ["orders-settled"],
    value: outcome,
    name: "settle-once",
  });
  settled.to("outcomes");
  settled
    .filter(({ state }) => state === "released")
    .mapValues(plain, { value: order })
    .to("returns");

  return b.build({ requireNames: true });
}

type StockChange =
  | { readonly kind: "reserve"; readonly order: string; readonly quantity: number }
  | { readonly kind: "deliver"; readonly quantity: number };

const stockChange = serdes.json<StockChange>();
const asStockChange = { key: serdes.string, value: stockChange };

/** Keeps each product's stock, and answers who asks for some of it. */
const stockKeeper: ProcessorSupplier<string, StockChange, string, Reservation> = () => {
  let stock: KeyValueStore<string, number>;
  let context: ProcessorContext<string, Reservation>;
  return {
    init(given) {
      context = given;
      stock = context.stateStore("stock");
    },
    process({ key: product, value: change, timestamp, headers }) {
      const there = stock.get(product) ?? 0;
      if (change.kind === "deliver") {
        stock.put(product, there + change.quantity);
        return;
      }
      const { order: id, quantity } = change;
      const isReserved = there >= quantity;
      if (isReserved) stock.put(product, there - quantity);
      context.forward({ key: id, value: { product, quantity, isReserved }, timestamp, headers });
    },
  };
};

/** Lets the first record of each key through; others come to nothing, as long as an order may be answered. `storeName` is a store of {@link whatWasSeen}. */
const onceByKey =
  <V>(storeName: string): FixedKeyProcessorSupplier<string, V, V> =>
  () => {
    let seen: WindowStore<string, number>;
    let context: FixedKeyProcessorContext<string, V>;
    return {
      init(given) {
        context = given;
        seen = context.stateStore(storeName);
      },
      process(record) {
        const { key, timestamp } = record;
        using before = seen.fetchRange(key, Math.max(0, timestamp - REMEMBERED_MS), timestamp + REMEMBERED_MS);
        if (!before.next().done) return;
        seen.put(key, 1, timestamp);
        context.forward(record);
      },
    };
  };

/** Keys by when they came. */
const whatWasSeen = (name: string) =>
  stores.window({ name, key: serdes.string, value: serdes.long, retentionMs: 2 * REMEMBERED_MS, windowSizeMs: 1 });

function settle(one: Reservation, payment: Payment | null): Outcome {
  if (payment?.isPaid) return { ...plain(one), state: "confirmed", reason: "paid" };
  return { ...plain(one), state: "released", reason: payment === null ? "not paid in time" : "the bank refused" };
}

/** Whole, as stock is counted; less than nothing is a loss. */
const isCount = Number.isSafeInteger;

function plain({ product, quantity }: Order): Order {
  return { product, quantity };
}
