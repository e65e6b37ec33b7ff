import { test } from "node:test";
import { startKafka } from "@ottla/testing";
import { assertSameAsDriver, sharedApplications } from "../../src/streams/same-as-driver.ts";
import { impatientSettings } from "./known-answers.ts";

for (const [i, application] of sharedApplications.entries()) {
  test(`every topic has on a broker what the driver writes: ${application.what}`, async () => {
    await using kafka = await startKafka({ settings: impatientSettings });
    await assertSameAsDriver(kafka.bootstrapServers, application, i % 2 === 0 ? "exactlyOnce" : "atLeastOnce");
  });
}
