import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { waitUntil } from "../../process/wait-until.ts";
import type { BrokenThing, Fault, FaultWorld } from "../fault.ts";
import { dropTopics, makeTopic } from "./make-topic.ts";
import { restart } from "./settled.ts";

const VICTIM = 3;
const DISK_MIB = 64;
const RECORD = Buffer.alloc(512 * 1024, 120);

/** The second log directory of the victim, beside its own. */
const spareOf = ({ cluster }: FaultWorld): string => `${dirname(cluster.dataFolders[VICTIM - 1]!)}/spare`;

/** The victim has a second log directory, and a topic has its replica there. */
async function withSpareDisk(world: FaultWorld, topic: string, launcher?: readonly [string, ...string[]]): Promise<string> {
  const spare = spareOf(world);
  mkdirSync(spare, { recursive: true });
  format(world, launcher ? `${spare}.meta` : `${spare}/meta.properties`);
  const config = { "log.dirs": `${world.cluster.dataFolders[VICTIM - 1]},${spare}` };
  await restart(world, VICTIM, { config, ...(launcher && { launcher }) });
  // A new replica goes to the directory that has the fewest.
  await makeTopic(world, topic, { assignments: [[VICTIM, 1, 2]], configs: { "segment.bytes": "4194304" } });
  return spare;
}

/** Writes what Kafka looks for in a log directory, as its storage tool does. */
function format({ cluster }: FaultWorld, path: string): void {
  const meta = readFileSync(`${cluster.dataFolders[VICTIM - 1]}/meta.properties`, "utf8");
  writeFileSync(path, meta.replace(/^directory\.id=.*$/m, `directory.id=A${randomBytes(16).toString("base64url").slice(1)}`));
}

async function withoutSpareDisk(world: FaultWorld, topic: string): Promise<void> {
  await dropTopics(world, topic);
  await restart(world, VICTIM);
  for (const path of [spareOf(world), `${spareOf(world)}.meta`]) rmSync(path, { recursive: true, force: true });
}

/** A small file system that only the victim sees, and that goes with it. */
const onSmallDisk = (folder: string): readonly [string, ...string[]] => [
  "unshare",
  "--mount",
  "sh",
  "-c",
  `mount -t tmpfs -o size=${DISK_MIB}m tmpfs "$0" && cp "$0.meta" "$0/meta.properties" && exec "$@"`,
  folder,
];

export const diskFaults: readonly Fault[] = [
  {
    name: "a disk that fills up",
    rules: ["CLU-09"],
    cure: "hand",
    missing: () => (spawnSync("unshare", ["--mount", "true"]).status === 0 ? undefined : "no file system may be mounted here"),
    make: async (world): Promise<BrokenThing> => {
      const topic = "shop.faults.large";
      const spare = await withSpareDisk(world, topic, onSmallDisk(spareOf(world)));
      const usedShare = async (): Promise<number> => {
        const [node] = await world.admin.describeLogDirs([VICTIM]);
        const dir = node?.value?.find(({ path }) => path === spare);
        return 1 - Number(dir?.usableBytes) / Number(dir?.totalBytes);
      };
      const producer = world.client.producer();
      // No index is allocated before its segment is written: by 94 % there is room for none.
      while ((await usedShare()) < 0.85) await producer.send(Array.from({ length: 4 }, () => ({ topic, partition: 0, value: RECORD })));
      return {
        about: spare,
        heal: async () => {
          await world.admin.deleteRecords([{ topic, partition: 0, beforeOffset: -1 }]);
          await waitUntil("the records are gone from the disk", async () => (await usedShare()) < 0.5, { everyMs: 300 });
        },
        cleanUp: () => withoutSpareDisk(world, topic),
      };
    },
  },
  {
    name: "a log directory that is gone",
    rules: ["CLU-10"],
    cure: "hand",
    make: async (world): Promise<BrokenThing> => {
      const topic = "shop.faults.on-spare";
      const spare = await withSpareDisk(world, topic);
      rmSync(spare, { recursive: true });
      writeFileSync(spare, "no directory");
      await waitUntil(`broker ${VICTIM} has lost ${spare}`, async () => {
        const [node] = await world.admin.describeLogDirs([VICTIM]);
        return node?.value?.some(({ path, error }) => path === spare && error !== undefined);
      });
      return {
        about: spare,
        heal: async () => {
          rmSync(spare);
          mkdirSync(spare);
          format(world, `${spare}/meta.properties`);
          await restart(world, VICTIM, { config: { "log.dirs": `${world.cluster.dataFolders[VICTIM - 1]},${spare}` } });
          if (!existsSync(spare) || readdirSync(spare).length < 2) throw new Error("the directory was not taken again");
        },
        cleanUp: async () => {
          rmSync(spare, { recursive: true, force: true });
          await withoutSpareDisk(world, topic);
        },
      };
    },
  },
];
