import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silentLogger } from "@ottla/base";
import { SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { CheckpointFile } from "./checkpoint-file.ts";

function fixture(): { clock: SimulatedClock; disk: SimulatedDisk; file: CheckpointFile; offset: number } {
  const clock = new SimulatedClock(0);
  const disk = new SimulatedDisk({ clock, syncMs: 10 });
  disk.makeDirectory("/data");
  const made = { clock, disk, offset: 1, file: undefined as unknown as CheckpointFile };
  made.file = new CheckpointFile(disk, "/data", "c", () => [{ topic: "t", partition: 0, topicId: "id", offset: made.offset }]);
  return made;
}

const written = (disk: SimulatedDisk): string => disk.readFile("/data/c").toString();

describe("a checkpoint file", () => {
  it("has one write under way; all who ask meanwhile share the next, which tells what holds then", async () => {
    const f = fixture();
    const first = f.file.write();
    await f.clock.advanceAsync(5);
    f.offset = 2;
    const second = f.file.write();
    f.offset = 3;
    assert.equal(f.file.write(), second);
    await f.clock.advanceAsync(5);
    await first;
    assert.match(written(f.disk), /^t 0 1 id$/m);
    await f.clock.advanceAsync(10);
    await second;
    assert.match(written(f.disk), /^t 0 3 id$/m);
    assert.equal(f.disk.count("replaceFile"), 2);
    assert.equal(f.file.isWriting, false);
  });

  it("tells those who wait of a failure, and is written by the next attempt", async () => {
    const f = fixture();
    f.disk.fail({ operation: "replaceFile" });
    const failing = f.file.write();
    const refused = assert.rejects(failing, { code: "DISK_IO" });
    await f.clock.advanceAsync(5);
    const next = f.file.write();
    await f.clock.advanceAsync(20);
    await refused;
    await next;
    await f.file.settled();
    assert.equal(f.file.read(silentLogger).get("t-0")?.offset, 1);
  });

  it("is read in Kafka's format too, and one that is damaged counts as nothing", () => {
    const f = fixture();
    for (const [content, offset] of [
      ["0\n1\nt 0 7\n", 7],
      ["1\n1\nt 0 7 -\n", 7],
      ["1\n1\nt 0 7\n", undefined],
      ["0\n1\nt 0 7 id\n", undefined],
      ["2\n1\nt 0 7 id\n", undefined],
      ["1\n2\nt 0 7 id\n", undefined],
    ] as const) {
      f.disk.replaceFile("/data/c", Buffer.from(content));
      assert.equal(f.file.read(silentLogger).get("t-0")?.offset, offset, content);
    }
  });
});
