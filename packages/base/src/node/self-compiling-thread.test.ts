import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const module = JSON.stringify(new URL("./self-compiling-thread.ts", import.meta.url).href);

/** Which hot functions V8 has left to its helper threads, in a process of its own that runs `main`; there, `start(name)` makes a thread that calls a function of that name again and again. */
async function compiledAside(main: string): Promise<Set<string>> {
  const script = `
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    import { startSelfCompiling } from ${module};
    const start = (name) => new Worker(\`
      function \${name}(count) {
        let sum = 0;
        for (let i = 0; i < count; i++) sum = (sum * 31 + i) | 0;
        return sum;
      }
      let sum = 0;
      for (let i = 0; i < 3000; i++) sum ^= \${name}(1000);
      require("node:worker_threads").parentPort.postMessage(sum);
    \`, { eval: true, execArgv: [] });
    const ended = (thread) => once(thread, "exit");
    ${main}
  `;
  const args = ["--conditions=source", "--trace-concurrent-recompilation", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
  return new Set(stdout.match(/(?<=<JSFunction )hot\w+/g));
}

test("what a thread compiles for itself is left to no other thread", async () => {
  const aside = await compiledAside(`
    await Promise.all([ended(startSelfCompiling(() => start("hotOne"))), ended(startSelfCompiling(() => start("hotTwo")))]);
  `);
  assert.deepEqual(aside, new Set());
});

test("threads that are started behind it, or behind one that could not be had, are as they always were", async () => {
  const aside = await compiledAside(`
    await ended(startSelfCompiling(() => start("hotOne")));
    await ended(start("hotTwo"));
    try {
      startSelfCompiling(() => { throw new Error("no thread"); });
    } catch {}
    await ended(start("hotThree"));
  `);
  assert.deepEqual(aside, new Set(["hotTwo", "hotThree"]));
});
