import type { BrokenThing, Fault, FaultWorld } from "../fault.ts";
import { dropTopics, makeTopic } from "./make-topic.ts";

const HOUR_MS = 3_600_000;
const SCHEMAS = "_schemas";

/** The topic of a registry, as one keeps it; the cluster itself has none. */
async function makeRegistry(world: FaultWorld, subject: string, versions: number, level: string): Promise<void> {
  await makeTopic(world, SCHEMAS, { partitionCount: 1, configs: { "cleanup.policy": "compact", "min.insync.replicas": "2" } });
  await setLevel(world, subject, level);
  const producer = world.client.producer();
  for (let version = 1; version <= versions; version++)
    await producer.send({
      topic: SCHEMAS,
      partition: 0,
      key: JSON.stringify({ keytype: "SCHEMA", subject, version, magic: 1 }),
      value: JSON.stringify({ subject, version, id: version, schema: '"string"', deleted: false }),
    });
  await producer.close();
}

async function setLevel({ client }: FaultWorld, subject: string, level: string): Promise<void> {
  const producer = client.producer();
  await producer.send({
    topic: SCHEMAS,
    partition: 0,
    key: JSON.stringify({ keytype: "CONFIG", subject, magic: 0 }),
    value: JSON.stringify({ compatibilityLevel: level }),
  });
  await producer.close();
}

function registryFault(name: string, rule: string, versions: number, level: string, better: string): Fault {
  return {
    name,
    rules: [rule],
    cure: "hand",
    make: async (world): Promise<BrokenThing> => {
      const topic = `shop.faults.schemas-${rule.toLowerCase()}`;
      const about = `${topic}-value`;
      await makeTopic(world, topic);
      await makeRegistry(world, about, versions, level);
      return { about, heal: () => setLevel(world, about, better), cleanUp: () => dropTopics(world, SCHEMAS, topic) };
    },
  };
}

/** What is wrong with records: their times, and the schemas that they are written by. */
export const recordFaults: readonly Fault[] = [
  {
    name: "records from the future",
    rules: ["TOP-22"],
    cure: "hand",
    make: async (world): Promise<BrokenThing> => {
      const about = "shop.faults.tomorrow";
      await makeTopic(world, about, { partitionCount: 1, configs: { "message.timestamp.after.max.ms": String(24 * HOUR_MS) } });
      const producer = world.client.producer();
      await producer.send({ topic: about, value: "record", timestamp: Date.now() + 5 * HOUR_MS });
      return {
        about,
        // The clock is right again: the records to come are of now, and those of the future are taken away.
        heal: async () => {
          await world.admin.deleteRecords([{ topic: about, partition: 0, beforeOffset: 1 }]);
          await producer.send({ topic: about, value: "record" });
        },
        cleanUp: async () => {
          await producer.close();
          await dropTopics(world, about);
        },
      };
    },
  },
  registryFault("versions of a schema that were not held against those still read", "SCH-04", 3, "BACKWARD", "BACKWARD_TRANSITIVE"),
  registryFault("a subject that takes any schema", "SCH-01", 1, "NONE", "BACKWARD"),
];
