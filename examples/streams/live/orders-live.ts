import { putAside } from "../bad-input.ts";
import { type Order, orderSaga, type Outcome, type Payment } from "../order-saga.ts";
import { Latencies } from "./latencies.ts";
import type { Input, LiveExample, LiveRun, Result, RunFigures, Scene, Send } from "./live-example.ts";

const PRODUCTS = 500;
/** Who pays does so so much later. */
const PAYS_AFTER_MS = 20;
/** The bank refuses one in so many. */
const REFUSED_EVERY = 50;
/** One order in so many is sent twice, as by a shop that heard no answer. */
const TWICE_EVERY = 1_000;
const PLENTY = 1_000_000_000;

export const ordersExample: LiveExample = {
  title: "order saga: orders, stock and payments",
  topology: orderSaga,
  application: { commitIntervalMs: 100, onError: putAside },
  guarantee: "exactlyOnce",
  topics: {
    orders: 4,
    deliveries: 2,
    payments: 4,
    returns: 2,
    outcomes: 4,
    "orders-unreadable": 1,
    "deliveries-unreadable": 1,
    "payments-unreadable": 1,
    "returns-unreadable": 1,
  },
  counted: "orders",
  resultTopics: ["outcomes"],
  ratePerSecond: 10_000,
  live: () => new OrdersRun(),
  scene: ordersScene,
};

class OrdersRun implements LiveRun {
  readonly #latencies = new Latencies();
  /** By order: how many outcomes it had. */
  #outcomes = new Uint8Array(1 << 16);
  #orders = 0;
  #answered = 0;
  #duplicates = 0;
  #confirmed = 0;
  /** Orders whose payment is due, oldest first. */
  readonly #unpaid: { readonly order: number; readonly dueMs: number }[] = [];
  #paid = 0;

  prepare(send: Send, nowMs: number): void {
    for (let at = 0; at < PRODUCTS; at++)
      send({ topic: "deliveries", key: `product-${at}`, value: { quantity: PLENTY }, timestamp: nowMs });
  }

  next(send: Send, nowMs: number): void {
    for (let first = this.#unpaid[this.#paid]; first !== undefined && first.dueMs <= nowMs; first = this.#unpaid[this.#paid]) {
      this.#paid++;
      const value: Payment = { isPaid: first.order % REFUSED_EVERY !== 0 };
      send({ topic: "payments", key: `order-${first.order}`, value, timestamp: nowMs });
    }
    if (this.#paid > 10_000) {
      this.#unpaid.splice(0, this.#paid);
      this.#paid = 0;
    }
    const order = this.#orders++;
    const value: Order = { product: `product-${order % PRODUCTS}`, quantity: 1 + (order % 3) };
    const input: Input = { topic: "orders", key: `order-${order}`, value, timestamp: nowMs };
    send(input);
    if (order % TWICE_EVERY === 0) send(input);
    this.#unpaid.push({ order, dueMs: nowMs + PAYS_AFTER_MS });
  }

  take({ key, value, timestamp, readAtMs }: Result): void {
    const order = Number(key.toString().slice("order-".length));
    if (order >= this.#outcomes.length) {
      const larger = new Uint8Array(Math.max(order + 1, this.#outcomes.length * 2));
      larger.set(this.#outcomes);
      this.#outcomes = larger;
    }
    if (++this.#outcomes[order]! > 1) {
      this.#duplicates++;
      return;
    }
    this.#answered++;
    if ((value as Outcome).state === "confirmed") this.#confirmed++;
    this.#latencies.add(readAtMs - timestamp);
  }

  endWarmUp(): void {
    this.#latencies.endWarmUp();
  }

  isAnswered(): boolean {
    // Whose payment was not sent any more stays open.
    return this.#answered >= this.#orders - (this.#unpaid.length - this.#paid);
  }

  lines(): readonly string[] {
    return [
      `${this.#orders} orders, ${this.#answered} answered, ${this.#confirmed} confirmed, ${this.#duplicates} twice: ${this.#latencies}`,
    ];
  }

  summary({ processedPerSecond }: RunFigures): readonly string[] {
    const open = this.#orders - (this.#unpaid.length - this.#paid) - this.#answered;
    return [
      `orders ${this.#orders}, answered ${this.#answered}, ${open} paid and not answered; orders with two outcomes: ${this.#duplicates} (claimed: none), though ${Math.ceil(this.#orders / TWICE_EVERY)} were sent twice`,
      `${Math.round(processedPerSecond)} orders a second (claimed: 10000); ${this.#latencies}, from the payment to the outcome in a reader's hand`,
    ];
  }
}

const SCENE_ORDERS = 3_000;
const SCARCE = 40;

/** Of each product there is plenty, nothing, or too little, so that every order's outcome is known, or how many there have to be. Some orders and payments come twice. */
function ordersScene(): Scene {
  const beginMs = Date.now() - 300_000;
  const tables: Input[] = [
    { topic: "deliveries", key: "plenty", value: { quantity: PLENTY }, timestamp: beginMs },
    { topic: "deliveries", key: "scarce", value: { quantity: SCARCE }, timestamp: beginMs },
  ];
  const events: Input[] = [];
  const expected = new Map<string, string>();
  for (let at = 0; at < SCENE_ORDERS; at++) {
    const key = `order-${at}`;
    const timestamp = beginMs + 1_000 + at * 10;
    const product = at % 10 === 0 ? "none" : at % 10 === 1 ? "scarce" : "plenty";
    // What is scarce is always paid for: nothing comes back that a later order could have.
    const isPaid = product === "scarce" || at % 7 !== 0;
    const order: Input = { topic: "orders", key, value: { product, quantity: 1 }, timestamp };
    const payment: Input = { topic: "payments", key, value: { isPaid }, timestamp: timestamp + 5 };
    events.push(order, payment);
    if (at % 11 === 0) events.push(order);
    if (at % 13 === 0) events.push({ ...payment, value: { isPaid: !isPaid }, timestamp: timestamp + 8 });
    if (product !== "scarce") expected.set(key, product === "none" ? "refused" : isPaid ? "confirmed" : "released");
  }
  return { tables, events, nudges: () => [], problems: (results) => ordersProblems(expected, results) };
}

function ordersProblems(expected: ReadonlyMap<string, string>, results: readonly Result[]): string[] {
  const states = new Map<string, string>();
  const problems: string[] = [];
  for (const { key, value } of results) {
    const order = key.toString();
    const { state } = value as Outcome;
    if (states.has(order)) problems.push(`${order} has two outcomes: ${states.get(order)} and ${state}`);
    states.set(order, state);
  }
  let sold = 0;
  for (let at = 0; at < SCENE_ORDERS; at++) {
    const order = `order-${at}`;
    const state = states.get(order);
    const wanted = expected.get(order);
    // Which of those that came twice with two answers of the bank was heard first is told by its partition: the first.
    if (state === undefined) problems.push(`${order} has no outcome`);
    else if (wanted !== undefined && state !== wanted) problems.push(`${order} is ${state} and should be ${wanted}`);
    else if (wanted === undefined && state === "confirmed") sold++;
  }
  if (sold !== SCARCE) problems.push(`${sold} of the ${SCARCE} scarce ones were sold`);
  return problems.length > 5 ? [...problems.slice(0, 5), `and ${problems.length - 5} others`] : problems;
}
