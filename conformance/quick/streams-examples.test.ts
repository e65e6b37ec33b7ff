import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serdes, TopologyTestDriver } from "@ottla/streams";
import { putAside } from "../../examples/streams/bad-input.ts";
import { type Alert, fraudDetection, type Merchant, type Payment as CardPayment } from "../../examples/streams/fraud.ts";
import { type Alarm, type Device, type Minute, type Reading, telemetry } from "../../examples/streams/iot.ts";
import { type Delivery, type Order, orderSaga, type Outcome, type Payment } from "../../examples/streams/order-saga.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const json = <V extends object>() => ({ key: serdes.string, value: serdes.json<V>() });

describe("fraud detection", () => {
  const BERLIN = { latitude: 52.52, longitude: 13.4 };
  const TOKYO = { latitude: 35.68, longitude: 139.69 };

  function scene() {
    const driver = new TopologyTestDriver(fraudDetection());
    const payments = driver.inputTopic("card-payments", json<CardPayment>());
    let id = 0;
    return {
      merchants: driver.inputTopic("merchants", json<Merchant>()),
      pay: (card: string, timestamp: number, more: Partial<CardPayment> = {}) =>
        payments.pipeInput(card, { id: String(++id), amount: 10, merchant: "baker", ...BERLIN, ...more }, timestamp),
      alerts: () =>
        driver
          .outputTopic("alerts", json<Alert>())
          .readValues()
          .map((alert) => alert && [alert.kind, alert.card, alert.says]),
      [Symbol.dispose]: () => driver.close(),
    };
  }

  test("the fifth payment within a minute is told once, four and those a minute apart are not", () => {
    using fraud = scene();
    for (let i = 0; i < 4; i++) fraud.pay("slow", i * SECOND);
    for (let i = 0; i < 8; i++) fraud.pay("steady", i * 16 * SECOND);
    assert.deepEqual(fraud.alerts(), []);
    for (let i = 0; i < 5; i++) fraud.pay("quick", 200 * SECOND + i * 15 * SECOND);
    assert.deepEqual(fraud.alerts(), [["velocity", "quick", "5 payments within a minute"]]);
  });

  test("a burst of eight is told once, when it gets to five", () => {
    using fraud = scene();
    for (let i = 0; i < 8; i++) fraud.pay("burst", 100 * SECOND + i * 5 * SECOND);
    assert.deepEqual(fraud.alerts(), [["velocity", "burst", "5 payments within a minute"]]);
  });

  test("who pays in Berlin and an hour later in Tokyo was not in both; the next day he may have been", () => {
    using fraud = scene();
    fraud.pay("a", 0);
    fraud.pay("b", 0);
    fraud.pay("a", 60 * MINUTE, TOKYO);
    fraud.pay("b", 24 * 60 * MINUTE, TOKYO);
    assert.deepEqual(fraud.alerts(), [["travel", "a", "8917 km in 60 min"]]);
  });

  test("a merchant of whom it is expected is told, as soon as that is known of him", () => {
    using fraud = scene();
    fraud.pay("a", 0, { merchant: "m1" });
    fraud.merchants.pipeInput("m1", { name: "Fly by Night", risk: 0.9 });
    fraud.pay("a", 5 * MINUTE, { merchant: "m1", amount: 99 });
    assert.deepEqual(fraud.alerts(), [["merchant", "a", "99 to Fly by Night, risk 0.9"]]);
  });
});

describe("order saga", () => {
  function scene() {
    const driver = new TopologyTestDriver(orderSaga());
    return {
      orders: driver.inputTopic("orders", json<Order>()),
      deliveries: driver.inputTopic("deliveries", json<Delivery>()),
      payments: driver.inputTopic("payments", json<Payment>()),
      stock: () => driver.store<import("@ottla/streams").KeyValueStore<string, number>>("stock").get("tea"),
      outcomes: () =>
        driver
          .outputTopic("outcomes", json<Outcome>())
          .readKeyValues()
          .map(([id, outcome]) => [id, outcome?.state, outcome?.reason]),
      [Symbol.dispose]: () => driver.close(),
    };
  }

  test("what is there is reserved and, when it is paid, sold; what is not there is refused", () => {
    using saga = scene();
    saga.deliveries.pipeInput("tea", { quantity: 5 }, 0);
    saga.orders.pipeInput("o1", { product: "tea", quantity: 3 }, 1000);
    saga.orders.pipeInput("o2", { product: "tea", quantity: 3 }, 2000);
    saga.payments.pipeInput("o1", { isPaid: true }, 3000);
    assert.deepEqual(saga.outcomes(), [
      ["o2", "refused", "not in stock"],
      ["o1", "confirmed", "paid"],
    ]);
    assert.equal(saga.stock(), 2);
  });

  test("a payment that comes before the reservation counts", () => {
    using saga = scene();
    saga.deliveries.pipeInput("tea", { quantity: 5 }, 0);
    saga.payments.pipeInput("o1", { isPaid: true }, 500);
    saga.orders.pipeInput("o1", { product: "tea", quantity: 3 }, 1000);
    assert.deepEqual(saga.outcomes(), [["o1", "confirmed", "paid"]]);
  });

  test("an order that comes twice is one order, and what the bank says first of it counts", () => {
    using saga = scene();
    saga.deliveries.pipeInput("tea", { quantity: 9 }, 0);
    for (const at of [1000, 1500]) saga.orders.pipeInput("o1", { product: "tea", quantity: 3 }, at);
    saga.payments.pipeInput("o1", { isPaid: false }, 2000);
    saga.payments.pipeInput("o1", { isPaid: true }, 3000);
    assert.deepEqual([saga.outcomes(), saga.stock()], [[["o1", "released", "the bank refused"]], 9]);
  });

  test("all that changes a product's stock comes through one topic, however many partitions the others have", () => {
    const { sources } = orderSaga()
      .toJSON()
      .subtopologies.map(({ nodes }) => nodes)
      .map((nodes) => ({ nodes, sources: nodes.filter(({ kind }) => kind === "source") }))
      .find(({ nodes }) => nodes.some(({ name }) => name === "stock-keeper"))!;
    assert.deepEqual(
      sources.map((source) => "topics" in source && source.topics),
      [["stock-changes-repartition"]],
    );
  });

  test("what is not paid, or not in time, goes back, and the next one gets it", () => {
    using saga = scene();
    saga.deliveries.pipeInput("tea", { quantity: 3 }, 0);
    saga.orders.pipeInput("o1", { product: "tea", quantity: 3 }, 1000);
    saga.payments.pipeInput("o1", { isPaid: false }, 2000);
    assert.deepEqual([saga.outcomes(), saga.stock()], [[["o1", "released", "the bank refused"]], 3]);
    saga.orders.pipeInput("o2", { product: "tea", quantity: 3 }, 3000);
    saga.orders.pipeInput("o3", { product: "tea", quantity: 1 }, 20 * MINUTE);
    // Time goes on with the next record of the join.
    saga.payments.pipeInput("nobody", { isPaid: true }, 21 * MINUTE);
    assert.deepEqual(saga.outcomes(), [
      ["o3", "refused", "not in stock"],
      ["o2", "released", "not paid in time"],
    ]);
    assert.equal(saga.stock(), 3);
  });
});

describe("telemetry", () => {
  function scene() {
    const driver = new TopologyTestDriver(telemetry());
    const devices = driver.inputTopic("devices", json<Device>());
    devices.pipeInput("d1", { site: "attic", celsiusMax: 30 }, 0);
    const readings = driver.inputTopic("readings", json<Reading>());
    return {
      driver,
      read: (timestamp: number, celsius: number, device = "d1") => readings.pipeInput(device, { celsius }, timestamp),
      [Symbol.dispose]: () => driver.close(),
    };
  }

  test("a reading above its device's threshold is an alarm with the place; one of an unknown device is none", () => {
    using iot = scene();
    iot.read(1000, 30);
    iot.read(2000, 31);
    iot.read(3000, 99, "unknown");
    assert.deepEqual(iot.driver.outputTopic("alarms", json<Alarm>()).readKeyValues(), [
      ["d1", { site: "attic", celsius: 31, celsiusMax: 30 }],
    ]);
  });

  test("a minute is told once, when it is over and nothing late can come; what comes later still is dropped and counted", () => {
    using iot = scene();
    iot.read(10 * SECOND, 20);
    iot.read(70 * SECOND, 22);
    iot.read(20 * SECOND, 10);
    iot.read(4 * MINUTE, 21);
    iot.read(30 * SECOND, 50);
    const minutes = iot.driver.outputTopic("minutes", {
      key: serdes.timeWindowed(serdes.string, MINUTE),
      value: serdes.json<Minute>(),
    });
    assert.deepEqual(
      minutes.readKeyValues().map(([key, minute]) => [key?.window.startMs, minute]),
      [
        [0, { count: 2, sum: 30, least: 10, most: 20 }],
        [MINUTE, { count: 1, sum: 22, least: 22, most: 22 }],
      ],
    );
    assert.ok([...iot.driver.droppedRecords().values()].reduce((sum, count) => sum + count, 0) > 0);
  });

  test("a device that is silent for five minutes was away", () => {
    using iot = scene();
    for (const minute of [0, 4, 8, 14, 15, 40]) iot.read(minute * MINUTE, 20);
    const presence = iot.driver.outputTopic("presence", { key: serdes.sessionWindowed(serdes.string), value: serdes.long });
    const there = new Map(
      presence.readKeyValues().map(([key, count]) => [`${key!.window.startMs / MINUTE}–${key!.window.endMs / MINUTE}`, count]),
    );
    assert.deepEqual(
      [...there].filter(([, count]) => count !== null),
      [
        ["0–8", 3],
        ["14–15", 2],
      ],
    );
  });
});

describe("what no example counts on", () => {
  const GARBAGE = [
    "",
    "{",
    "null",
    "7",
    "[]",
    "{}",
    '{"celsius":null}',
    '{"celsius":"31"}',
    '{"celsius":1e999}',
    '{"quantity":-3,"product":"tea"}',
    '{"quantity":0.5,"product":"tea"}',
    '{"isPaid":"no"}',
    '{"id":"1","amount":1,"merchant":"m"}',
  ];

  const isResult = ({ topic }: { readonly topic: string }) => !/-(?:unreadable|changelog|repartition)$/.test(topic);

  for (const [what, build] of [
    ["fraud detection", fraudDetection],
    ["order saga", orderSaga],
    ["telemetry", telemetry],
  ] as const) {
    const sources = build()
      .toJSON()
      .subtopologies.flatMap(({ nodes }) => nodes)
      .flatMap((node) => (node.kind === "source" && "topics" in node ? (node.topics ?? []) : []))
      .filter((topic) => !topic.endsWith("-repartition") && topic !== "merchants");

    test(`${what}: what cannot be meant goes beside its topic, and what says nothing comes to nothing`, () => {
      assert.ok(sources.length > 0);
      using driver = new TopologyTestDriver(build(), { onError: putAside });
      for (const topic of sources) {
        for (const value of GARBAGE) driver.pipeRaw(topic, { key: Buffer.from("k"), value: Buffer.from(value), timestamp: 5 });
        driver.pipeRaw(topic, { key: Buffer.from([0xff]), value: null, timestamp: 5 });
        driver.pipeRaw(topic, { key: null, value: null, timestamp: 5 });
        driver.pipeRaw(topic, { key: Buffer.from("k"), value: null, timestamp: 5 });
      }
      const written = driver.takeProduced();
      for (const topic of sources) {
        const count = written.filter((record) => record.topic === `${topic}-unreadable`).length;
        // What the warehouse lost is a delivery, too.
        assert.equal(count, GARBAGE.length + 1 - (topic === "deliveries" ? 1 : 0), topic);
      }
      assert.deepEqual(written.filter(isResult), []);
    });

    test(`${what}: a record without a key that is right otherwise stops nothing`, () => {
      using driver = new TopologyTestDriver(build(), { onError: putAside });
      for (const topic of sources) {
        for (const value of [
          '{"quantity":3,"product":"tea"}',
          '{"celsius":3}',
          '{"isPaid":true}',
          '{"site":"a","celsiusMax":1}',
          '{"id":"1","amount":1,"merchant":"m","latitude":0,"longitude":0}',
        ]) {
          for (const timestamp of [0, Number.MAX_SAFE_INTEGER]) driver.pipeRaw(topic, { key: null, value: Buffer.from(value), timestamp });
        }
      }
      assert.deepEqual(driver.takeProduced().filter(isResult), []);
    });
  }
});
