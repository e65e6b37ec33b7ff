// A member of a share group in a process of its own, to be killed: `share-member-process.ts BOOTSTRAP TOPIC GROUP`. Takes records and never ends with them; prints `has OFFSET` for each.
import { createClient } from "@ottla/client";

const [bootstrapServers = "", topic = "", groupId = ""] = process.argv.slice(2);
const consumer = createClient({ bootstrapServers }).shareConsumer({ groupId, topics: topic });
await consumer.run({
  concurrency: 3,
  eachRecord: (record) => {
    process.stdout.write(`has ${record.offset}\n`);
    return new Promise(() => {});
  },
});
