/**
 * Programs as users write them by mistake, each before its right twin, with nothing but what the package exports: the wrong ones must not compile, the right ones must. Checked by `tsc` here,
 * and from the packed package by several compilers (`npm run test:streams-package`).
 */
import {
  type FixedKeyProcessor,
  hopping,
  type KTable,
  type Processor,
  type ProcessorContext,
  type Serde,
  serdes,
  session,
  sliding,
  stores,
  StreamsBuilder,
  type TimestampedKeyValueStore,
  Topology,
  TopologyTestDriver,
  tumbling,
  type Windowed,
  type WindowStore,
} from "@ottla/streams";

interface Order {
  readonly id: string;
  readonly customer: number;
  readonly amount: number;
}

/** An order that knows more. */
interface RatedOrder extends Order {
  readonly risk: number;
}

interface Customer {
  readonly name: string;
}

const order: Serde<Order> = serdes.json<Order>();
const rated: Serde<RatedOrder> = serdes.json<RatedOrder>();
const customer: Serde<Customer> = serdes.json<Customer>();
const minutes = tumbling({ sizeMs: 60_000, graceMs: 0 });
const sessions = session({ gapMs: 10, graceMs: 0 });
const amountOf = (value: Order): number => value.amount;
const add = (sum: number, value: Order): number => sum + value.amount;

const b = new StreamsBuilder();
const orders = b.stream("orders", { key: serdes.string, value: order });
const byCustomer = orders.groupBy((value) => value.customer, { key: serdes.long });
const customers = b.table("customers", { key: serdes.long, value: customer });
const names = b.table("names", { key: serdes.string, value: customer });
const orderTable = b.table("order-table", { key: serdes.string, value: order });
const amounts = orders.mapValues(amountOf);

export function streams(): void {
  // @ts-expect-error the new key is a number
  orders.map((value) => [value.customer, value], { key: serdes.string, value: order });
  orders.map((value) => [value.customer, value], { key: serdes.long, value: order });
  // @ts-expect-error the new value is a number
  orders.map((value) => [value.customer, value.amount]).to("out", { key: serdes.long, value: order });
  orders.map((value) => [value.customer, value.amount]).to("out", { key: serdes.long, value: serdes.double });
  // @ts-expect-error orders know no risk, so what reads the topic would not find it
  orders.to("out", { value: rated });
  orders.mapValues((value): RatedOrder => ({ ...value, risk: 0 })).to("out", { value: order });
  // @ts-expect-error the serde does not fit what the mapper gives
  orders.mapValues(amountOf, { value: serdes.string });
  orders.mapValues(amountOf, { value: serdes.double }).to("out");
  // @ts-expect-error the topic that the records go through needs a serde for their values
  amounts.groupBy((value) => value, { key: serdes.double });
  amounts.groupBy((value) => value, { key: serdes.double, value: serdes.double });
  // @ts-expect-error the new key is a number
  orders.groupBy((value) => value.customer, { key: serdes.string });
  // @ts-expect-error an amount has no length
  orders.split({ big: (value) => value.amount.length > 5 });
  // @ts-expect-error there is no such branch
  orders.split({ big: (value) => value.amount > 5 }).small.to("small");
  orders.split({ big: (value) => value.amount > 5 }, { default: "small" }).small.to("small");
}

export function joins(): void {
  const window = { beforeMs: 1, afterMs: 1, graceMs: 0 };
  const text = (value: Order, other: Customer): string => value.id + other.name;
  // @ts-expect-error the keys differ: texts and numbers
  orders.join(customers, text);
  orders.selectKey((value) => value.customer, { key: serdes.long }).join(customers, text);
  // @ts-expect-error the table has customers
  orders.join(names, (value, other: Order) => value.id + other.id);
  orders.join(names, (value, other: Customer) => value.id + other.name);
  // @ts-expect-error there may be no partner
  orders.leftJoin(names, (value, other) => value.id + other.name);
  orders.leftJoin(names, (value, other) => value.id + (other?.name ?? ""));
  // @ts-expect-error no serde is known for the amounts
  orders.join(amounts, (value, amount) => value.amount + amount, window);
  orders.join(amounts, (value, amount) => value.amount + amount, { ...window, otherValue: serdes.double });
  // @ts-expect-error how late a record may be has to be said
  orders.join(orders, (a, c) => a.amount + c.amount, { beforeMs: 1, afterMs: 1 });
  orders.join(orders, (a, c) => a.amount + c.amount, window);
  // @ts-expect-error the keys differ: texts and numbers
  orderTable.join(customers, text);
  // @ts-expect-error the result is a text
  orderTable.join(names, text, { value: serdes.long });
  orderTable.join(names, text, { value: serdes.string, store: "joined" });
  // @ts-expect-error either may be missing
  orderTable.outerJoin(names, (value, other) => value.amount + (other?.name.length ?? 0));
  orderTable.outerJoin(names, (value, other) => (value?.amount ?? 0) + (other?.name.length ?? 0));
  // @ts-expect-error customers' keys are numbers
  orderTable.joinOn(customers, (value) => value.id, text, { value: serdes.string });
  orderTable.joinOn(customers, (value) => value.customer, text, { value: serdes.string });
  // @ts-expect-error the result is kept, and needs a serde
  orderTable.joinOn(customers, (value) => value.customer, text);
  // @ts-expect-error the result is a text
  orderTable.joinOn(customers, (value) => value.customer, text, { value: serdes.long });
  // @ts-expect-error there may be no customer
  orderTable.leftJoinOn(customers, (value) => value.customer, text, { value: serdes.string });
  orderTable.mapValues(amountOf).joinOn(
    customers,
    (value) => value,
    (value, { name }) => name + value,
    // @ts-expect-error the table on the left has no serde for its values
    { value: serdes.string },
  );
  orderTable.mapValues(amountOf, { value: serdes.double }).joinOn(
    customers,
    (value) => value,
    (value, { name }) => name + value,
    { value: serdes.string },
  );
}

export function folds(): void {
  // @ts-expect-error the aggregate is a number
  byCustomer.aggregate(() => 0, add, { value: serdes.string });
  byCustomer.aggregate(() => 0, add, { value: serdes.double });
  // @ts-expect-error the first aggregate is a text
  byCustomer.aggregate(() => "", add, { value: serdes.double });
  byCustomer.aggregate(
    () => ({ id: "", customer: 0, amount: 0 }),
    (_last, value) => value,
    // @ts-expect-error the first aggregate knows no risk
    { value: rated },
  );
  byCustomer.aggregate(
    (): Order => ({ id: "", customer: 0, amount: 0 }),
    (_last, value) => value,
    { value: order },
  );
  // @ts-expect-error sessions need a merger
  byCustomer.windowedBy(sessions).aggregate(() => 0, add, { value: serdes.double });
  byCustomer.windowedBy(sessions).aggregate(
    () => 0,
    add,
    (a, c) => a + c,
    { value: serdes.double },
  );
  const cogrouped = byCustomer.cogroup(add);
  // @ts-expect-error the aggregate is a number
  cogrouped.and(byCustomer, (sum: string, value) => sum + value.id);
  cogrouped.and(byCustomer, (sum, value) => sum + value.id.length);
  // @ts-expect-error these are grouped by a text
  cogrouped.and(orders.groupByKey(), add);
  // @ts-expect-error the aggregate is a number
  cogrouped.aggregate(() => 0, { value: serdes.string });
  cogrouped.aggregate(() => 0, { value: serdes.double });
  // @ts-expect-error the new value is a number
  orderTable.groupBy((value) => [value.customer, value.amount], { key: serdes.long, value: serdes.string });
  // @ts-expect-error the topic that entries go through needs a serde for their values
  orderTable.groupBy((value) => [value.customer, value.amount], { key: serdes.long });
  const regrouped = orderTable.groupBy((value) => [value.customer, value.amount], { key: serdes.long, value: serdes.double });
  // @ts-expect-error what goes has to be subtracted
  regrouped.reduce({ add: (sum, value) => sum + value });
  regrouped.reduce({ add: (sum, value) => sum + value, subtract: (sum, value) => sum - value });
  regrouped.aggregate(
    // @ts-expect-error the first aggregate is a text
    { init: () => "", add: (sum: number, value) => sum + value, subtract: (sum: number) => sum },
    { value: serdes.double },
  );
}

export function windows(): void {
  // @ts-expect-error how late a record may be has to be said
  byCustomer.windowedBy(tumbling({ sizeMs: 1 }));
  // @ts-expect-error when the next window begins has to be said
  byCustomer.windowedBy(hopping({ sizeMs: 10, graceMs: 0 }));
  byCustomer.windowedBy(hopping({ sizeMs: 10, advanceMs: 5, graceMs: 0 }));
  // @ts-expect-error sliding windows have no size
  byCustomer.windowedBy(sliding({ sizeMs: 10, graceMs: 0 }));
  byCustomer.windowedBy(sliding({ differenceMs: 10, graceMs: 0 }));
  const counts = byCustomer.windowedBy(minutes).count();
  // @ts-expect-error the keys are numbers
  const ofTexts: KTable<Windowed<string>, number> = counts;
  const ofNumbers: KTable<Windowed<number>, number> = counts;
  void [ofTexts, ofNumbers];
  // @ts-expect-error the keys have windows
  counts.toStream().to("out", { key: serdes.long });
  // @ts-expect-error within their windows the keys are numbers
  counts.toStream().to("out", { key: serdes.timeWindowed(serdes.string, 60_000) });
  counts.toStream().to("out", { key: serdes.timeWindowed(serdes.long, 60_000) });
  // @ts-expect-error without windows nothing closes
  byCustomer.count().suppress({ until: "windowCloses" });
  counts.suppress({ until: "windowCloses" });
  // @ts-expect-error for how long has to be said
  byCustomer.count().suppress({ until: "timeLimit" });
  byCustomer.count().suppress({ until: "timeLimit", limitMs: 5 });
  const texts = (value: number): string => `${value}`;
  // @ts-expect-error what is held back needs a serde
  byCustomer.count().mapValues(texts).suppress({ until: "timeLimit", limitMs: 5 });
  byCustomer.count().mapValues(texts, { value: serdes.string }).suppress({ until: "timeLimit", limitMs: 5 });
}

export function processors(): void {
  const keeps = (): FixedKeyProcessor<string, Order, string> => ({ process() {} });
  // @ts-expect-error the records are orders
  orders.process((): Processor<string, Customer, string, string> => ({ process() {} }));
  // @ts-expect-error orders know no risk
  orders.process((): Processor<string, RatedOrder, string, string> => ({ process() {} }));
  orders
    .process((): Processor<string, Order, string, string> => ({ process() {} }))
    .to("out", { key: serdes.string, value: serdes.string });
  // @ts-expect-error what it forwards may have other keys and values, for which no serdes are known
  orders.process((): Processor<string, Order, string, string> => ({ process() {} })).to("out");
  // @ts-expect-error orders know no risk
  orders.processValues((): FixedKeyProcessor<string, RatedOrder, string> => ({ process() {} }));
  // @ts-expect-error it forwards texts
  orders.processValues(keeps, { value: serdes.long });
  orders.processValues(keeps, { value: serdes.string }).to("out");
  orders.process((): Processor<string, Order, number, string> => {
    let context: ProcessorContext<number, string>;
    return {
      init(given) {
        context = given;
      },
      process(record) {
        // @ts-expect-error the keys that it says it forwards are numbers
        context.forward({ ...record, value: record.value.id });
        context.forward({ ...record, key: record.value.customer, value: record.value.id });
      },
    };
  });
}

export function storesOfProcessors(context: ProcessorContext<string, string>): void {
  const counts = stores.keyValue({ name: "counts", key: serdes.string, value: serdes.long });
  // @ts-expect-error it is a store by key
  const windowed: WindowStore<string, number> = context.stateStore(counts);
  // @ts-expect-error its values have no times
  const timed: TimestampedKeyValueStore<string, number> = context.stateStore(counts);
  void [windowed, timed];
  const found = context.stateStore(counts);
  // @ts-expect-error it keeps numbers
  found.put("a", "1");
  found.put("a", 1);
  // @ts-expect-error its keys are texts
  found.get(1);
  // @ts-expect-error for how long windows are kept has to be said
  stores.window({ name: "w", key: serdes.string, value: serdes.long, windowSizeMs: 1 });
  stores.window({ name: "w", key: serdes.string, value: serdes.long, windowSizeMs: 1, retentionMs: 1 });
  // @ts-expect-error for how long versions are kept has to be said
  stores.versioned({ name: "v", key: serdes.string, value: serdes.long });
  stores.versioned({ name: "v", key: serdes.string, value: serdes.long, historyRetentionMs: 1 });
  // @ts-expect-error a store needs a serde for what is in it
  orderTable.mapValues(amountOf, { store: "amounts" });
  orderTable.mapValues(amountOf, { store: "amounts", value: serdes.double });
  // @ts-expect-error there is no such setting
  orderTable.filter((value) => value.amount > 1, { store: { name: "kept", persistant: true } });
  orderTable.filter((value) => value.amount > 1, { store: { name: "kept", persistent: true } });
}

export function byHandAndTested(): void {
  // @ts-expect-error values are read, too
  new Topology().addSource("source", { topics: ["in"], key: serdes.string });
  new Topology().addSource("source", { topics: ["in"], key: serdes.string, value: order });
  // @ts-expect-error a topic has a name
  new Topology().addSink("sink", { topic: (value: Order) => value.customer, key: serdes.string, value: order }, "source");
  new Topology().addSink("sink", { topic: (value: Order) => value.id, key: serdes.string, value: order }, "source");
  const driver = new TopologyTestDriver(b.build());
  const input = driver.inputTopic("orders", { key: serdes.string, value: order });
  // @ts-expect-error an order has an amount
  input.pipeInput("a", { id: "a", customer: 1 });
  // @ts-expect-error the keys are texts
  input.pipeInput(1, { id: "a", customer: 1, amount: 1 });
  input.pipeInput("a", { id: "a", customer: 1, amount: 1 });
  const output = driver.outputTopic("counts", { key: serdes.string, value: serdes.long });
  // @ts-expect-error these are numbers, and may be null
  const text: string = output.readValue();
  const count: number | null = output.readValue();
  void [text, count];
}
