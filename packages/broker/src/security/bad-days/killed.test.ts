// Tokens, users, quotas and ACLs are changed all at once, and the broker dies in the middle, again and again: what was acknowledged is there afterwards, and nothing is half done.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runsOf, SeededRandom, SimulatedDisk } from "@ottla/base/simulated";
import { anAcl, aQuota, aToken, aUser, GONE, SETTINGS, type Thing } from "../testing/changed-things.ts";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

/** What a thing may be, as far as its client knows. */
interface Known {
  readonly thing: Thing;
  value: string;
  mayBe: ((value: string) => boolean) | undefined;
}

/** Changes it until nobody answers any more; a change that is refused is one of a disk that has failed. */
async function keepChanging(known: Known, guarded: GuardedBroker, random: SeededRandom): Promise<void> {
  using client = await SecureClient.open(guarded.broker);
  await client.logIn("PLAIN", `\0alice\0${PASSWORDS["alice"]!}`);
  for (;;) {
    const becomes = await known.thing.change(client, random, (mayBecome) => (known.mayBe = mayBecome));
    if (becomes === undefined) return;
    known.value = becomes;
    known.mayBe = undefined;
  }
}

test("what was acknowledged of tokens, users, quotas and ACLs outlives a broker that is killed in the middle, and nothing else has happened", async () => {
  for (let seed = 1; seed <= runsOf({ quick: 1, long: 20 }); seed++) {
    const random = new SeededRandom(seed);
    const disk = new SimulatedDisk();
    const all: Known[] = [
      ...Array.from({ length: 3 }, aToken),
      ...["carol", "dave"].map(aUser),
      ...["u", "v"].map(aQuota),
      ...["t", "u", "v"].map(anAcl),
    ].map((thing) => ({ thing, value: GONE, mayBe: undefined }));
    for (let life = 0; life < 3; life++) {
      const guarded = await GuardedBroker.start(SETTINGS, { disk, seed: 10 * seed + life });
      const { state } = guarded.broker.running;
      for (const known of all) {
        const value = known.thing.read(state);
        if (value !== known.value && known.mayBe?.(value) !== true) {
          // One that stays open keeps the process from telling.
          await guarded.broker.running.abandon();
          assert.fail(`seed ${seed}, life ${life}: ${value}, and ${known.value} was acknowledged`);
        }
        known.value = value;
        known.mayBe = undefined;
      }
      const after = random.nextInt(60);
      // A disk that no longer takes what is written, or takes it and does not keep it.
      const isKept = life % 2 === 1;
      const takeBack = disk.fail({ operation: isKept ? "append" : "sync", after, times: Number.POSITIVE_INFINITY });
      await Promise.all(all.map((known) => keepChanging(known, guarded, random)));
      const gone = guarded.broker.running.abandon();
      disk.crash(isKept ? { mode: "process" } : { mode: "power", random });
      takeBack();
      await gone;
    }
  }
});
