import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const module = JSON.stringify(new URL("./thread-apart.ts", import.meta.url).href);

const MIB = 1024 * 1024;

/**
 * Which hot functions V8 has left to its helper threads, and what room each thread had for young objects, in a process of its own that runs `main`; there, `start(name)` makes a thread that calls a function
 * of that name again and again.
 */
async function lookAt(main: string): Promise<{ aside: Set<string>; youngMib: Map<string, number> }> {
  const script = `
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    import { startApart } from ${module};
    const start = (name) => new Worker(\`
      function \${name}(count) {
        let sum = 0;
        for (let i = 0; i < count; i++) sum = (sum * 31 + i) | 0;
        return sum;
      }
      let sum = 0;
      for (let i = 0; i < 3000; i++) sum ^= \${name}(1000);
      const young = require("node:v8").getHeapSpaceStatistics().find((space) => space.space_name === "new_space");
      console.log("young of \${name}: " + young.space_size);
      require("node:worker_threads").parentPort.postMessage(sum);
    \`, { eval: true, execArgv: [] });
    const ended = (thread) => once(thread, "exit");
    ${main}
  `;
  const args = ["--conditions=source", "--trace-concurrent-recompilation", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
  const youngMib = Array.from(stdout.matchAll(/young of (\w+): (\d+)/g), ([, name = "", bytes]): [string, number] => [
    name,
    Number(bytes) / MIB,
  ]);
  return { aside: new Set(stdout.match(/(?<=<JSFunction )hot\w+/g)), youngMib: new Map(youngMib) };
}

test("what a thread compiles for itself is left to no other thread", async () => {
  const { aside } = await lookAt(`
    await Promise.all([ended(startApart(() => start("hotOne"))), ended(startApart(() => start("hotTwo")))]);
  `);
  assert.deepEqual(aside, new Set());
});

test("a thread apart begins with the room for young objects that others grow to", async () => {
  const { youngMib } = await lookAt(`
    await ended(start("hotOne"));
    await ended(startApart(() => start("hotTwo")));
  `);
  assert.ok(youngMib.get("hotOne")! < 16, `${youngMib.get("hotOne")} MiB`);
  assert.ok(youngMib.get("hotTwo")! >= 16, `${youngMib.get("hotTwo")} MiB`);
});

test("threads that are started behind it, or behind one that could not be had, are as they always were", async () => {
  const { aside, youngMib } = await lookAt(`
    await ended(startApart(() => start("hotOne")));
    await ended(start("hotTwo"));
    try {
      startApart(() => { throw new Error("no thread"); });
    } catch {}
    await ended(start("hotThree"));
  `);
  assert.deepEqual(aside, new Set(["hotTwo", "hotThree"]));
  for (const name of ["hotTwo", "hotThree"]) assert.ok(youngMib.get(name)! < 16, `${name}: ${youngMib.get(name)} MiB`);
});
