import { createClient } from "@ottla/client";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { startDev, startKarapace } from "./contestants.ts";
import { inTurns, type RegistryBenchPart } from "./part.ts";
import { schemaRecord } from "./schemas.ts";

const MEBIBYTE = 2 ** 20;
const ABREAST = 1_000;

/** A start on a topic with many subjects, each record a batch of its own as registrations leave them. */
export const manySubjectsPart: RegistryBenchPart = async ({ rounds, karapace, subjects }, comparison) => {
  const folder = makeTemporaryFolder("registry-bench");
  try {
    await fill(folder, subjects);
    const named = `${subjects.toLocaleString("en")} subjects`;
    const last = `topic-${subjects - 1}-value`;
    await inTurns(
      rounds,
      async () => {
        const dev = await startDev({ folder, subject: last });
        const { cpuSeconds, residentBytes } = readProcessUsage(dev.pid);
        comparison.add(`${named}: start to first answer, ms`, "ottla", dev.firstAnswerMs, { than: "karapace", below: 3_000 });
        comparison.add(`${named}: CPU time until then, ms`, "ottla", cpuSeconds * 1_000);
        comparison.add(`${named}: resident memory, MiB`, "ottla", residentBytes / MEBIBYTE);
        await dev.stop();
        const bare = await startDev({ folder, only: "broker" });
        comparison.add(`${named}: of it without the registry, MiB`, "ottla", readProcessUsage(bare.pid).residentBytes / MEBIBYTE);
        await bare.stop();
      },
      karapace === undefined
        ? undefined
        : async () => {
            const broker = await startDev({ folder, only: "broker" });
            const running = await startKarapace(karapace, broker.bootstrap, "_schemas", last);
            const { cpuSeconds, residentBytes } = readProcessUsage(running.pid);
            comparison.add(`${named}: start to first answer, ms`, "karapace", running.firstAnswerMs);
            comparison.add(`${named}: CPU time until then, ms`, "karapace", cpuSeconds * 1_000);
            comparison.add(`${named}: resident memory, MiB`, "karapace", residentBytes / MEBIBYTE);
            await running.stop();
            await broker.stop();
          },
    );
  } finally {
    removeTemporaryFolder(folder);
  }
};

async function fill(folder: string, subjects: number): Promise<void> {
  const broker = await startDev({ folder, only: "broker" });
  const client = createClient({ bootstrapServers: broker.bootstrap });
  await client.admin().createTopics([{ name: "_schemas", partitionCount: 1, configs: { "cleanup.policy": "compact" } }]);
  const producer = client.producer({ acks: "all", lingerMs: 0, batchSizeBytes: 0 });
  for (let first = 0; first < subjects; first += ABREAST) {
    const numbers = Array.from({ length: Math.min(ABREAST, subjects - first) }, (_each, index) => first + index);
    await producer.send(numbers.map((number) => ({ topic: "_schemas", partition: 0, ...schemaRecord(number) })));
  }
  await producer.close();
  await client.close();
  await broker.stop();
}
