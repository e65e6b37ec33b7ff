import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApplicationOptions } from "@ottla/streams";
import { startKafka } from "@ottla/testing";
import { makeRandom } from "../../src/process/seeded-random.ts";
import { impatientSettings, isCountedOnce, type Instance, startInstance } from "./known-answers.ts";
import { countsAre, countsWritten, wordCount } from "./word-count.ts";

const WORDS = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu"];
const wordCountModule = new URL("./word-count-module.ts", import.meta.url);
const INSTANCES_MAX = 3;
const BLOWS = ["start", "kill", "close", "cut", "lead", "coordinate", "refuse", "fence", "kick", "silence"];

/** What happens to an application on a bad day. */
export interface BadDays extends Partial<ApplicationOptions> {
  readonly seed: number;
  readonly blows: number;
  readonly isPersistent: boolean;
  readonly tell: (what: string) => void;
}

/**
 * Instances of a word count come, go, are killed and cut off, leaders and coordinators move, while lines are written; at the end every word's counts are compared with what is known of the lines: exactly
 * once 1, 2, 3 …, each count once and in its order.
 */
export async function endureBadDays({ seed, blows, isPersistent, tell, ...options }: BadDays): Promise<void> {
  const random = makeRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const folder = mkdtempSync(join(tmpdir(), "ottla-bad-days-"));
  try {
    await using kafka = await startKafka({ brokers: 3, topics: { lines: 4, words: 1 }, settings: impatientSettings, deadlineMs: 30_000 });
    let folders = 0;
    // Folders of instances that are gone are used again: their stores go on from where they were.
    const freeFolders: string[] = [];
    await using ends = new AsyncDisposableStack();
    const instances: (Instance & { readonly folder: string })[] = [];
    const start = async () => {
      const own = freeFolders.pop() ?? join(folder, String(folders++));
      const topology =
        options.workers === undefined ? wordCount({ persistent: isPersistent }) : { module: wordCountModule, data: { isPersistent } };
      const instance = await startInstance(kafka, topology, {
        applicationId: "bad-days",
        guarantee: "exactlyOnce",
        ...(isPersistent ? { stateDir: own } : {}),
        ...options,
      });
      ends.use(instance);
      instances.push({ ...instance, folder: own });
    };
    const end = async (how: "kill" | "close") => {
      const [instance] = instances.splice(pick(instances.length), 1);
      if (how === "kill") await instance!.kill();
      else {
        await instance!.app.close();
        assert.equal(instance!.app.error, undefined);
      }
      freeFolders.push(instance!.folder);
    };
    const expected = new Map<string, number>();
    const produce = async () => {
      const lines = Array.from({ length: 1 + pick(60) }, () =>
        Array.from({ length: 1 + pick(3) }, () => WORDS[pick(WORDS.length)]!).join(" "),
      );
      for (const word of lines.join(" ").split(" ")) expected.set(word, (expected.get(word) ?? 0) + 1);
      await kafka.topic("lines").produce(lines.map((value) => ({ key: String(pick(100)), value })));
    };
    /** Somebody's heartbeats are not heard while it works: it is taken for dead and others have its tasks, and it does not know. */
    const silence = async () => {
      if (instances.length < 2) await start();
      let memberIds: readonly string[] = [];
      let silent: string | undefined;
      using _unheard = kafka.fault({
        api: "Heartbeat",
        group: "bad-days",
        hold: true,
        times: "always",
        when: ({ body: { memberId } }) => {
          // The first of those that the group has: others are about to hear that they are no members any more.
          if (memberIds.includes(memberId as string)) silent ??= memberId as string;
          return memberId === silent;
        },
      });
      await kafka.until(
        "the silent one is taken for dead",
        async () => {
          await produce();
          memberIds = (await kafka.group("bad-days").describe())!.members.map(({ memberId }) => memberId);
          return silent !== undefined && !memberIds.includes(silent) ? true : undefined;
        },
        { seen: () => `${silent ?? "nobody"} is silent, of ${memberIds.join(" ")}` },
      );
      for (let i = 0; i < 10; i++) await produce();
    };
    await start();
    for (let blow = 0; blow < blows; blow++) {
      for (let i = pick(6); i >= 0; i--) await produce();
      // Once in each run, however short.
      const what = blow === 1 ? "silence" : BLOWS[pick(BLOWS.length)]!;
      tell(`${what}, of ${instances.length}`);
      if (what === "start" && instances.length < INSTANCES_MAX) await start();
      else if (what === "kill" || what === "close") await end(what);
      else if (what === "silence") await silence();
      else if (what === "cut") kafka.broker(kafka.nodeIds[pick(3)]!).dropConnections();
      else if (what === "lead") await kafka.topic("lines").moveLeader(kafka.nodeIds[pick(3)]!, pick(4));
      else if (what === "coordinate") await kafka.group("bad-days").moveCoordinator(kafka.nodeIds[pick(3)]!);
      // Of a transaction, and of its producer.
      else if (what === "refuse") kafka.fault({ api: "TxnOffsetCommit", reply: "TRANSACTION_ABORTABLE" });
      else if (what === "fence") kafka.fault({ api: "EndTxn", reply: "PRODUCER_FENCED" });
      else if (what === "kick")
        await kafka
          .group("bad-days")
          .kick()
          .catch(() => {});
      if (instances.length === 0) await start();
    }
    await produce();
    const written = await countsAre(kafka, Object.fromEntries(expected));
    assert.equal(isCountedOnce(written, expected), undefined);
    for (const { app } of instances) await app.close();
    assert.equal(isCountedOnce(await countsWritten(kafka), expected), undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
