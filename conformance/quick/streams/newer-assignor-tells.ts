// A thread with the hook of newer-assignor.ts: what its assignor tells the group, and what it gives one member.
import { parentPort } from "node:worker_threads";
import { pathToFileURL } from "node:url";
import { repositoryRoot } from "../../src/paths.ts";

const assignment = pathToFileURL(`${repositoryRoot}packages/streams/src/application/assignment/`).href;
const { streamsAssignor } = await import(`${assignment}streams-assignor.ts`);
const plan = { applicationId: "a", subtopologies: [], repartitionTopics: new Map(), coPartitioned: [] };
const assignor = streamsAssignor(plan, {
  processId: "p",
  rules: { standbyReplicas: 0, acceptableRecoveryLag: 0, maxWarmupReplicas: 1, rackAwareTags: [] },
  probingRebalanceIntervalMs: 1,
  partitionCounts: new Map(),
  applicationServer: "host:80",
  events: {
    held: () => [{ subtopology: 0, partition: 1, offsetSum: 5, endSum: 9 }],
    nonce: () => 7,
    isShutdownRequested: () => false,
    onRejoin() {},
    onHosts() {},
    onStandbys() {},
    onReady() {},
    onFailure() {},
  },
});
const told = assignor.subscriptionUserData();
const given = assignor.assign([{ memberId: "m", userData: told, ownedPartitions: [] }], new Map()).get("m");
parentPort!.postMessage({ told, given: given.userData });
