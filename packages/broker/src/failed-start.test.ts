import assert from "node:assert/strict";
import { test } from "node:test";
import type { Disk } from "@ottla/base";
import { MemoryDisk } from "@ottla/base/simulated";
import { JOURNAL_FILE } from "./broker.ts";
import { createTopic } from "./testing/data-path.ts";
import { TestBroker } from "./testing/test-broker.ts";

/** Counts which files are open. */
class CountingDisk {
  readonly open = new Map<string, number>();
  readonly disk: Disk;

  constructor(beneath: Disk) {
    const count = (path: string, by: number): void => void this.open.set(path, (this.open.get(path) ?? 0) + by);
    this.disk = new Proxy(beneath, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name);
        if (typeof found !== "function") return found;
        if (name !== "open" && name !== "openRead") return found.bind(target) as unknown;
        return (path: string) => {
          const file = target[name](path);
          count(path, 1);
          const close = file.close.bind(file);
          file.close = () => (count(path, -1), close());
          return file;
        };
      },
    });
  }

  openNames(): string[] {
    return [...this.open].filter(([, times]) => times !== 0).map(([path]) => path);
  }
}

test("a start that fails, wherever it does, leaves no file open, and the next one is complete", async () => {
  const beneath = new MemoryDisk();
  const first = await TestBroker.start({ disk: beneath });
  await createTopic(first, "t");
  const taken = first.address().port;
  const failures: Readonly<Record<string, Parameters<typeof TestBroker.start>[0]>> = {
    "broken off while partitions are opened": { signal: AbortSignal.abort() },
    "a port that is taken": { settings: { listeners: `PLAINTEXT://127.0.0.1:${taken}` } },
  };
  const other = new MemoryDisk();
  await (await TestBroker.start({ disk: other })).stop();
  for (const [why, options] of Object.entries(failures)) {
    const counting = new CountingDisk(other);
    await assert.rejects(TestBroker.start({ ...options, disk: counting.disk }), why);
    assert.deepEqual(counting.openNames(), [], why);
  }
  await first.stop();
  await using again = await TestBroker.start({ disk: other });
  await createTopic(again, "later");
  assert.ok(other.stat(`/data/${JOURNAL_FILE}`));
});
