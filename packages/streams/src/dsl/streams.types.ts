/**
 * What the compiler must say of streams and tables: each line under `@ts-expect-error` has to be refused, all else has to pass. Checked by `tsc`; nothing of it runs.
 */
import { serdes } from "../serdes/serdes.ts";
import type { StreamRecord } from "../record.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import type { GroupedStream, KStream, KTable } from "./k-stream.ts";
import type { StreamsBuilder } from "./streams-builder.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_Claim extends true>(): void {}

interface Order {
  readonly id: string;
  readonly amount: number;
}

const order = serdes.json<Order>();

export function typesFlow(b: StreamsBuilder): void {
  const orders = b.stream("orders", { key: serdes.string, value: order });
  holds<Same<typeof orders, KStream<string, Order>>>();
  // @ts-expect-error a topic has keys
  b.stream("orders", { value: order });
  // @ts-expect-error an order's amount is a number
  orders.filter((value) => value.amount.startsWith("1"));
  // @ts-expect-error a predicate says yes or no
  orders.filter((value) => value.id);

  const lengths = orders.mapValues((value) => value.id.length);
  holds<Same<typeof lengths, KStream<string, number, true, false>>>();
  // @ts-expect-error no serde is known for the numbers
  lengths.to("lengths");
  // @ts-expect-error no serde is known for the numbers
  lengths.groupByKey();
  // @ts-expect-error these are numbers, not texts
  lengths.to("lengths", { value: serdes.string });
  lengths.to("lengths", { value: serdes.long });
  // @ts-expect-error the serde does not fit what the mapper gives
  orders.mapValues((value) => value.id, { value: serdes.long });
  orders.mapValues((value) => value.id.length, { value: serdes.long }).to("lengths");

  const byAmount = orders.selectKey((value) => value.amount);
  holds<Same<typeof byAmount, KStream<number, Order, false>>>();
  // @ts-expect-error no serde is known for the new keys
  byAmount.toTable();
  // @ts-expect-error no serde is known for the new keys
  byAmount.repartition();
  byAmount.repartition({ key: serdes.double }).toTable({ store: "by-amount" });
  // @ts-expect-error the key is a number
  byAmount.to("out", { key: serdes.string });

  const swapped = orders.map((value, key) => [value.amount, key]);
  holds<Same<typeof swapped, KStream<number, string, false, false>>>();
  // @ts-expect-error a pair is needed
  orders.map((value) => value.amount);
  swapped.to("out", { key: serdes.double, value: serdes.string });
  // @ts-expect-error the serdes are the wrong way round
  swapped.to("out", { key: serdes.string, value: serdes.double });

  // @ts-expect-error only streams of the same keys and values merge
  orders.merge(swapped);
  const merged = orders.merge(orders.filterNot((value) => value.amount > 1));
  holds<Same<typeof merged, KStream<string, Order>>>();

  const branches = orders.split({ big: (value) => value.amount > 10 }, { default: "rest" });
  branches.big.to("big");
  branches.rest.to("rest");
  // @ts-expect-error there is no such branch
  branches.small.to("small");
  const levels = orders.split([["2", (value) => value.amount > 20] as const, ["1", (value) => value.amount > 10] as const], {
    default: "0",
  });
  levels["2"].to("big");
  holds<Same<keyof typeof levels, "0" | "1" | "2">>();
}

export function callsOutside(b: StreamsBuilder): void {
  const orders = b.stream("orders", { key: serdes.string, value: order });
  const risk = async (value: Order) => value.amount / 100;
  const risks = orders.mapAsync(risk, { concurrency: 8, order: "unordered", onFailure: { deadLetter: "failed" } });
  holds<Same<typeof risks, KStream<string, number, true, false>>>();
  // @ts-expect-error no serde is known for the numbers
  risks.to("risks");
  holds<Same<ReturnType<typeof known>, KStream<string, number>>>();
  function known() {
    return orders.mapAsync(risk, { value: serdes.double });
  }
  // @ts-expect-error the serde does not fit what is promised
  orders.mapAsync(risk, { value: serdes.string });
  // @ts-expect-error nothing is promised
  orders.mapAsync((value) => value.amount);
  // @ts-expect-error there is no such order
  orders.mapAsync(risk, { order: "byTime" });
  orders.mapAsync((value, key, { signal }) => fetch(`http://localhost/${key}/${value.id}`, { signal }));
  const rated = orders.enrichAsync(risk, (value, result, key) => ({ ...value, risk: result, key }));
  holds<Same<typeof rated, KStream<string, { risk: number; key: string; id: string; amount: number }, true, false>>>();
  // @ts-expect-error the result is a number
  orders.enrichAsync(risk, (value, result) => value.id + result.length);
}

export function groupsAndTables(b: StreamsBuilder): void {
  const orders = b.stream("orders", { key: serdes.string, value: order });
  const grouped = orders.groupByKey();
  holds<Same<typeof grouped, GroupedStream<string, Order>>>();
  const counts = grouped.count({ store: "counts" });
  holds<Same<typeof counts, KTable<string, number>>>();
  counts.toStream().to("counts");
  // @ts-expect-error a new key needs a serde
  orders.groupBy((value) => value.amount);
  const add = (sum: number, value: Order) => sum + value.amount;
  const join = (text: string, value: Order) => `${text}${value.amount}`;
  // @ts-expect-error an aggregate needs a serde
  grouped.aggregate(() => 0, add);
  const sums = grouped.aggregate(
    () => 0,
    (sum, value) => sum + value.amount,
    { value: serdes.double },
  );
  holds<Same<typeof sums, KTable<string, number>>>();
  // @ts-expect-error the aggregate is a number
  grouped.aggregate(() => 0, join, { value: serdes.double });
  // @ts-expect-error the serde is for texts
  grouped.aggregate(() => 0, add, { value: serdes.string });
  // @ts-expect-error a reducer gives what it was given
  grouped.reduce((a, b) => a.amount + b.amount);

  const regrouped = sums.groupBy((value, key) => [Math.round(value), key], { key: serdes.integer, value: serdes.string });
  regrouped.aggregate(
    { init: () => 0, add: (sum, value) => sum + value.length, subtract: (sum, value) => sum - value.length },
    { value: serdes.long },
  );
  // @ts-expect-error what goes has to be subtracted
  regrouped.reduce({ add: (a, b) => a + b });
  const mapped = sums.mapValues((value) => `${value}`);
  // @ts-expect-error no serde is known for the texts
  mapped.toStream().to("texts");
  mapped.toStream().to("texts", { value: serdes.string });
  // @ts-expect-error a store needs a serde for what is in it
  sums.mapValues((value) => `${value}`, { store: "texts" });
}

export function joins(b: StreamsBuilder): void {
  const orders = b.stream("orders", { key: serdes.string, value: order });
  const names = b.table("names", { key: serdes.string, value: serdes.string });
  const joined = orders.join(names, (value, name) => ({ ...value, name }));
  // @ts-expect-error no serde is known for what the joiner gives
  joined.to("out");
  joined.to("out", { value: serdes.json() });
  // @ts-expect-error there may be no name
  orders.leftJoin(names, (value, name) => value.amount + name.length);
  orders.leftJoin(names, (value, name) => value.amount + (name?.length ?? 0));
  // @ts-expect-error the keys differ
  orders.selectKey((value) => value.amount).join(names, (value, name) => name);
  const lengths = names.mapValues((name) => name.length);
  names
    .outerJoin(lengths, (name, length) => `${name?.length} ${length ?? 0}`, { store: "both", value: serdes.string })
    .toStream()
    .to("both");
  // @ts-expect-error a store needs a serde for what is in it
  names.join(lengths, (name, length) => name.length + length, { store: "both" });
  const global = b.globalTable("products", { key: serdes.long, value: serdes.string });
  orders.joinGlobal(
    global,
    (value) => value.amount,
    (value, product, { key, mappedKey }) => `${key} ${mappedKey} ${product.length}`,
  );
  const pick = (_value: Order, product: string) => product;
  // @ts-expect-error the global table's keys are numbers
  orders.joinGlobal(global, (value) => value.id, pick);
}

export function foreignKeysHaveTypes(orders: KTable<string, Order>, rates: KTable<number, string>): void {
  const joined = (partitioners: Parameters<typeof orders.joinOn<number, string, string>>[3]): unknown =>
    orders.joinOn(
      rates,
      (value) => value.amount,
      (value, rate) => value.id + rate,
      partitioners,
    );
  joined({ value: serdes.string, partitioner: (_topic, key) => key.length, otherPartitioner: (_topic, key) => key % 3 });
  // @ts-expect-error orders have texts as keys
  joined({ value: serdes.string, partitioner: (_topic, key: number) => key });
  // @ts-expect-error what is joined does not know the values where the topics are written
  joined({ value: serdes.string, otherPartitioner: (_topic, _key, value: string) => value.length });
}

export function globalStoresHaveTypes(b: StreamsBuilder, store: StoreBuilder): void {
  const keeps = (): { process(record: StreamRecord<string, Order>): void } => ({ process() {} });
  b.addGlobalStore(store, "orders", { key: serdes.string, value: order }, keeps);
  // @ts-expect-error the processor takes orders
  b.addGlobalStore(store, "orders", { key: serdes.string, value: serdes.long }, keeps);
}
