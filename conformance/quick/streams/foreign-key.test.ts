import { test } from "node:test";
import { serdes, streams, StreamsBuilder, type Topology } from "@ottla/streams";
import { type Kafka, startKafka } from "@ottla/testing";
import { impatientSettings } from "./known-answers.ts";

const texts = { key: serdes.string, value: serdes.string };
/** Many slices of what one change becomes. */
const ORDERS = 1_500;

function bought(): Topology {
  const b = new StreamsBuilder();
  b.table("orders", texts)
    .joinOn(
      b.table("customers", texts),
      (customer) => customer,
      (order, customer) => `${order} of ${customer}`,
      { name: "bought", value: serdes.string },
    )
    .toStream()
    .to("out");
  return b.build();
}

for (const guarantee of ["atLeastOnce", "exactlyOnce"] as const) {
  test(`a foreign-key join answers all rows of a change, also across a commit, a restart and unlike partitions, ${guarantee}`, async () => {
    await using kafka = await startKafka({ topics: { orders: 2, customers: 3, out: 1 }, settings: impatientSettings });
    const options = { applicationId: "shop", bootstrapServers: kafka.bootstrapServers, guarantee, commitIntervalMs: 10 };
    {
      await using app = streams(bought(), options);
      await app.start();
      await kafka.topic("orders").produce(Array.from({ length: ORDERS }, (_, i) => ({ key: `o${i}`, value: "ann" })));
      await kafka.topic("customers").produce([{ key: "ann", value: "Ann" }]);
      await allSay(kafka, "Ann");
      // It is closed while it answers: what it has begun it ends.
      await kafka.topic("customers").produce([{ key: "ann", value: "Anna" }]);
    }
    await kafka.group("shop").empty();
    await using app = streams(bought(), options);
    await app.start();
    await kafka.topic("customers").produce([{ key: "bob", value: "Bob" }]);
    await allSay(kafka, "Anna");
    await kafka.topic("orders").produce([{ key: "o0", value: "bob" }]);
    await kafka.topic("customers").produce([{ key: "ann", value: "Anne" }]);
    // Its own way is longer than that of the others' new name.
    await kafka.until("o0 is bob's", async () => (await allSay(kafka, "Anne", ORDERS - 1)).get("o0") === "bob of Bob");
  });
}

/** Waits until so many orders end with a customer of that name; what orders say last. */
function allSay(kafka: Kafka, name: string, count = ORDERS): Promise<Map<string, string>> {
  return kafka.until(`${count} orders of ${name}`, async () => {
    const last = new Map<string, string>();
    for (const { key, value } of await kafka.topic("out").records()) last.set(String(key), String(value));
    return [...last.values()].filter((text) => text === `ann of ${name}`).length >= count ? last : undefined;
  });
}
