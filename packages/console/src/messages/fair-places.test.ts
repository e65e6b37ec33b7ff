import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { FairPlaces } from "./fair-places.ts";

const LIMITS = { places: 2, placesOfOne: 2, waiting: 4, waitingOfOne: 3, withinMs: 1_000 };
const NEVER = new AbortController().signal;
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Asks in the order given; who got a place is noted, with what gives it back. */
function asking(places: FairPlaces) {
  const got: string[] = [];
  const leave: (() => void)[] = [];
  const ask = (who: string, signal = NEVER): Promise<void> =>
    places.take(who, signal).then((give) => {
      got.push(who);
      leave.push(give);
    });
  return { got, leave, ask };
}

test("places are given in turn to each who asks, not to who asks most", async () => {
  const { got, leave, ask } = asking(new FairPlaces(new SimulatedClock(), LIMITS));
  const all = ["ada", "ada", "ada", "ada", "ben", "cem"].map((who) => ask(who));
  await turns();
  assert.deepEqual(got, ["ada", "ada"]);
  for (let i = 0; i < 4; i++) {
    leave[i]!();
    await turns();
  }
  await Promise.all(all);
  assert.deepEqual(got, ["ada", "ada", "ada", "ben", "cem", "ada"]);
});

test("one who asks has no more places than one may have, and the others are for those who come", async () => {
  const { got, leave, ask } = asking(new FairPlaces(new SimulatedClock(), { ...LIMITS, placesOfOne: 1 }));
  const all = ["ada", "ada", "ben"].map((who) => ask(who));
  await turns();
  assert.deepEqual(got, ["ada", "ben"]);
  leave[1]!();
  await turns();
  assert.deepEqual(got, ["ada", "ben"]);
  leave[0]!();
  await Promise.all(all);
  assert.deepEqual(got, ["ada", "ben", "ada"]);
});

test("beyond the number that may wait, in all and of one, and after the time, who asks is told to come again", async () => {
  const clock = new SimulatedClock();
  const { got, leave, ask } = asking(new FairPlaces(clock, LIMITS));
  const waiting = ["ada", "ada", "ada", "ada", "ada", "ben"].map((who) => ask(who));
  const late = Promise.allSettled(waiting);
  await turns();
  await assert.rejects(ask("ada"), { code: "READS_BUSY" });
  await assert.rejects(ask("cem"), { code: "READS_BUSY" });
  clock.advance(1_000);
  assert.deepEqual(
    (await late).map(({ status }) => status),
    ["fulfilled", "fulfilled", ...Array.from({ length: 4 }, () => "rejected")],
  );
  // Nothing of those who went is left: there is room again.
  const next = ask("cem");
  leave[0]!();
  leave[0]!();
  await next;
  assert.deepEqual(got, ["ada", "ada", "cem"]);
  const last = ask("dan");
  await turns();
  assert.deepEqual(got, ["ada", "ada", "cem"], "a place that is given back twice is one place");
  leave[1]!();
  await last;
});

test("who goes while waiting has no place, and holds up nobody", async () => {
  const { got, leave, ask } = asking(new FairPlaces(new SimulatedClock(), LIMITS));
  await Promise.all([ask("ada"), ask("ada")]);
  const going = new AbortController();
  const gone = ask("ben", going.signal);
  const next = ask("cem");
  going.abort(new Error("gone"));
  await assert.rejects(gone, /gone/);
  leave[0]!();
  await next;
  assert.deepEqual(got, ["ada", "ada", "cem"]);
  await assert.rejects(ask("ben", going.signal), /gone/);
});
