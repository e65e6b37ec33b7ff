import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { DirectorySyncs } from "./directory-syncs.ts";

function fixture(): { clock: SimulatedClock; disk: SimulatedDisk; syncs: DirectorySyncs } {
  const clock = new SimulatedClock(0);
  const disk = new SimulatedDisk({ clock, syncMs: 10 });
  disk.makeDirectory("/data");
  return { clock, disk, syncs: new DirectorySyncs(disk) };
}

describe("syncs of a directory", () => {
  it("are shared by all whose changes came before them; who changed something later waits for another", async () => {
    const { clock, disk, syncs } = fixture();
    syncs.changed("/data");
    const done: string[] = [];
    void syncs.sync("/data").then(() => done.push("first"));
    void syncs.sync("/data").then(() => done.push("also first"));
    await clock.advanceAsync(5);
    syncs.changed("/data");
    void syncs.sync("/data").then(() => done.push("second"));
    await clock.advanceAsync(5);
    assert.deepEqual(done, ["first", "also first"]);
    await clock.advanceAsync(5);
    assert.deepEqual([done.at(-1), disk.count("syncDirectory")], ["second", 2]);
    await syncs.sync("/data");
    assert.equal(disk.count("syncDirectory"), 2, "nothing changed since");
  });

  it("that fail are told to all who wait, and made up for by the next", async () => {
    const { clock, disk, syncs } = fixture();
    syncs.changed("/data");
    disk.fail({ operation: "syncDirectory" });
    const refused = Promise.all([0, 1].map(() => assert.rejects(syncs.sync("/data"), { code: "DISK_IO" })));
    await clock.advanceAsync(10);
    await refused;
    const again = syncs.sync("/data");
    await clock.advanceAsync(10);
    await again;
    assert.equal(disk.count("syncDirectory"), 2);
  });
});
