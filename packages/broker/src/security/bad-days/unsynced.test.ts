// A change of tokens, users, quotas or ACLs is on the disk before it holds and before anybody hears of it: the disk takes what is written, and a sync ends only when the test lets it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock, Random, Timer } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { SimulatedDisk } from "@ottla/base/simulated";
import { anAcl, aQuota, aToken, aUser, SETTINGS, type Thing } from "../testing/changed-things.ts";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

/** The time of a disk whose syncs can be held up. */
class HeldSyncs implements Clock {
  readonly #held: (() => void)[] = [];
  #isHolding = false;
  #onHeld: () => void = () => {};
  readonly nowMs = (): number => systemClock.nowMs();
  readonly monotonicMs = (): number => systemClock.monotonicMs();
  readonly nextTurn = (run: () => void): void => systemClock.nextTurn(run);

  schedule(_: number, run: () => void): Timer {
    if (!this.#isHolding) queueMicrotask(run);
    else {
      this.#held.push(run);
      this.#onHeld();
    }
    return { cancel: () => {} };
  }

  /** Resolves when there is a sync that waits. */
  hold(): Promise<void> {
    this.#isHolding = true;
    return new Promise((resolve) => (this.#onHeld = resolve));
  }

  /** Those that wait end, and all that follow end at once. */
  release(): void {
    this.#isHolding = false;
    for (const run of this.#held.splice(0)) run();
  }
}

/** Always the same. */
const always = (value: number): Random => ({ nextInt: (bound) => value % bound, bytes: (byteLength) => Buffer.alloc(byteLength) });

async function logIn(guarded: GuardedBroker): Promise<SecureClient> {
  const client = await SecureClient.open(guarded.broker);
  await client.logIn("PLAIN", `\0alice\0${PASSWORDS["alice"]!}`);
  return client;
}

/** What comes of them: made, made anew, taken away. */
const CHANGES: readonly (readonly [string, Thing, readonly number[]])[] = [
  ["a token", aToken(), [1, 2, 0]],
  ["a user", aUser("carol"), [1, 2, 0]],
  ["a quota", aQuota("u"), [1, 2, 0]],
  ["an ACL", anAcl("t"), [1, 0]],
];

test("no change of security holds, and none is answered, before it is on the disk", async () => {
  const syncs = new HeldSyncs();
  await using guarded = await GuardedBroker.start(SETTINGS, { disk: new SimulatedDisk({ clock: syncs }) });
  // A broker cannot stop while its disk does not answer.
  using _ = { [Symbol.dispose]: () => syncs.release() };
  const { state } = guarded.broker.running;
  using client = await logIn(guarded);
  using other = await logIn(guarded);
  for (const [name, thing, draws] of CHANGES)
    for (const draw of draws) {
      const before = thing.read(state);
      const held = syncs.hold();
      let becomes: string | undefined;
      const changed = thing.change(client, always(draw), () => {}).then((value) => (becomes = value));
      await held;
      // Whatever was answered before these is there when they are.
      for (let round = 0; round < 3; round++) assert.notEqual(await other.metadata(), "closed");
      assert.equal(becomes, undefined, `${name} (${draw}) was acknowledged before it was synced`);
      assert.equal(thing.read(state), before, `${name} (${draw}) held before it was synced`);
      syncs.release();
      await changed;
      assert.notEqual(becomes, undefined, `${name} (${draw}) was refused`);
      assert.notEqual(becomes, before, `${name} (${draw}) has not changed`);
      assert.equal(thing.read(state), becomes);
    }
});
