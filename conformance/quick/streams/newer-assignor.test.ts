import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../../src/paths.ts";
import "../../src/streams-bad-days/newer-assignor.ts";

const assignment = pathToFileURL(`${repositoryRoot}packages/streams/src/application/assignment/`).href;
const VERSION = 2;

// Loaded behind the hook: these are of the later version. The present one is what reads them.
const { streamsAssignor } = await import(`${assignment}streams-assignor.ts`);
const { decodeAssignedData, decodeMemberData } = await import(`${assignment}member-data.ts?present`);

test("an instance of bad days' later version tells its group what the present one reads, and passes over the rest", () => {
  const plan = { applicationId: "a", subtopologies: [], repartitionTopics: new Map(), coPartitioned: [] };
  const held = [{ subtopology: 0, partition: 1, offsetSum: 5, endSum: 9 }];
  const assignor = streamsAssignor(plan, {
    processId: "p",
    rules: { standbyReplicas: 0, acceptableRecoveryLag: 0, maxWarmupReplicas: 1, rackAwareTags: [] },
    probingRebalanceIntervalMs: 1,
    partitionCounts: new Map(),
    applicationServer: "host:80",
    held: () => held,
    nonce: () => 7,
    onAssigned: () => {},
  });
  const userData = assignor.subscriptionUserData();
  assert.equal(userData[0], VERSION);
  assert.match(userData.toString("latin1"), /\x63\x12of a later release$/);
  assert.deepEqual(decodeMemberData(userData), { processId: "p", held, applicationServer: "host:80", nonce: 7 });
  const given = assignor.assign([{ memberId: "m", userData, ownedPartitions: [] }], new Map()).get("m");
  assert.equal(given.userData[0], VERSION);
  assert.match(given.userData.toString("latin1"), /\x63\x12of a later release$/);
  const { hosts, ...assigned } = decodeAssignedData(given.userData);
  assert.deepEqual(hosts, [{ applicationServer: "host:80", active: [], standby: [] }]);
  assert.deepEqual(assigned, { standbys: [] });
});
