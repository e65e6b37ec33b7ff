import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { decodeAssignedData, decodeMemberData, encodeAssignedData, encodeHosts, encodeMemberData, encodeShutdown } from "./member-data.ts";

test("what members tell each other is read as it was written, and what comes behind it by a newer one is passed over", () => {
  const data = { processId: "prozeß-1", held: [{ subtopology: 1, partition: 300, offsetSum: 2 ** 40 }] };
  assert.deepEqual(decodeMemberData(encodeMemberData(data)), data);
  const newer = Buffer.concat([encodeMemberData(data), Buffer.from([99, 2, 7, 7])]);
  newer[0] = 9;
  assert.deepEqual(decodeMemberData(newer), data);
  const asked = { ...data, applicationServer: "höst-1:8080" };
  assert.deepEqual(decodeMemberData(encodeMemberData(asked)), asked);
  const whole = {
    ...asked,
    held: [
      { subtopology: 0, partition: 1, offsetSum: 5, endSum: 9 },
      { subtopology: 0, partition: 2, offsetSum: 7, endSum: 7 },
    ],
    clientTags: { zone: "eu-1", cluster: "k" },
    nonce: 300,
  };
  assert.deepEqual(decodeMemberData(encodeMemberData(whole)), whole);
  const assigned = { standbys: [{ subtopology: 0, partition: 7 }] };
  assert.deepEqual(decodeAssignedData(encodeAssignedData(assigned)), assigned);
  const hosts = [
    { applicationServer: "a:1", active: [{ subtopology: 0, partition: 700 }], standby: [] },
    { applicationServer: "b:2", active: [], standby: [{ subtopology: 0, partition: 700 }] },
  ];
  assert.deepEqual(decodeAssignedData(encodeAssignedData(assigned, encodeHosts(hosts))), { ...assigned, hosts });
  assert.deepEqual(decodeAssignedData(encodeAssignedData({ ...assigned, probeInMs: 600_000 })), { ...assigned, probeInMs: 600_000 });
  const all = { ...assigned, hosts, probeInMs: 5 };
  assert.deepEqual(decodeAssignedData(encodeAssignedData(all, encodeHosts(hosts))), all);
  assert.deepEqual(decodeAssignedData(encodeAssignedData(assigned, encodeHosts([]))), assigned);
  assert.deepEqual(decodeMemberData(encodeMemberData({ ...whole, isShutdownRequested: true })), { ...whole, isShutdownRequested: true });
  assert.deepEqual(decodeAssignedData(encodeShutdown()), { standbys: [], isShutdown: true });
});

test("damaged bytes are refused, whatever they claim", () => {
  const bytes = encodeMemberData({ processId: "p", held: [{ subtopology: 1, partition: 2, offsetSum: 3 }] });
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodeMemberData(bytes.subarray(0, length)), MalformedBytesError);
  }
  const asked = encodeMemberData({ processId: "p", held: [], applicationServer: "host:80" });
  assert.throws(() => decodeMemberData(asked.subarray(0, -1)), MalformedBytesError);
  // Ends of fewer tasks than are told.
  const held = [1, 2].map((partition) => ({ subtopology: 0, partition, offsetSum: 1 }));
  const short = Buffer.concat([encodeMemberData({ processId: "p", held }), Buffer.from([2, 8, 0, 0, 0, 0, 0, 0, 0, 9])]);
  assert.throws(() => decodeMemberData(short), MalformedBytesError);
  // Four thousand million tasks in no bytes.
  assert.throws(() => decodeAssignedData(Buffer.from([1, 0xff, 0xff, 0xff, 0xff, 0x0f])), MalformedBytesError);
  assert.throws(() => decodeAssignedData(Buffer.from([0, 0])), MalformedBytesError);
});
