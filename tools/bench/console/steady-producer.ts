/** Writes so many records a second until its input ends: `node steady-producer.ts BOOTSTRAP TOPIC RECORDS_PER_S`. Prints how many it wrote. */
import { createClient } from "@ottla/client";

const EVERY_MS = 10;
const [bootstrapServers = "", topic = "", perSecond = ""] = process.argv.slice(2);
const client = createClient({ bootstrapServers });
const producer = client.producer({ lingerMs: 5 });
const began = performance.now();
let written = 0;
const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - began) / 1000) * Number(perSecond));
  for (; written < due; written++) {
    const value = JSON.stringify({ id: written, customer: `customer-${written % 1000}`, total: (written % 997) / 10, currency: "EUR" });
    producer.send({ topic, key: `order-${written}`, value }).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
}, EVERY_MS);
console.log("ready");
process.stdin.resume();
process.stdin.once("end", () => {
  clearInterval(timer);
  void producer.close().then(async () => {
    console.log(written);
    await client.close();
  });
});
