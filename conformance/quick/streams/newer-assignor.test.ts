import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { repositoryRoot } from "../../src/paths.ts";

const VERSION = 2;

test("an instance of bad days' later version tells its group what the present one reads, and passes over the rest", async () => {
  // In a thread of its own: here the assignor may be loaded already, and must stay the present one for the tests that come later.
  const worker = new Worker(new URL("./newer-assignor-tells.ts", import.meta.url), {
    execArgv: ["--conditions=source", `--import=${new URL("../../src/streams-bad-days/newer-assignor.ts", import.meta.url).href}`],
  });
  const [message] = (await once(worker, "message")) as [{ readonly told: Uint8Array; readonly given: Uint8Array }];
  await worker.terminate();
  const [told, given] = [Buffer.from(message.told), Buffer.from(message.given)];
  const { decodeAssignedData, decodeMemberData } = await import(
    pathToFileURL(`${repositoryRoot}packages/streams/src/application/assignment/member-data.ts`).href
  );
  assert.equal(told[0], VERSION);
  assert.match(told.toString("latin1"), /\x63\x12of a later release$/);
  const held = [{ subtopology: 0, partition: 1, offsetSum: 5, endSum: 9 }];
  assert.deepEqual(decodeMemberData(told), { processId: "p", held, applicationServer: "host:80", nonce: 7 });
  assert.equal(given[0], VERSION);
  assert.match(given.toString("latin1"), /\x63\x12of a later release$/);
  const { hosts, ...assigned } = decodeAssignedData(given);
  assert.deepEqual(hosts, [{ applicationServer: "host:80", active: [], standby: [] }]);
  assert.deepEqual(assigned, { standbys: [] });
});
