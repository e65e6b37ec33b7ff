import { ApiKey } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import { makeOffsetFetchRequest, makeOffsetFetchRequestGroup, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import { waitUntil } from "../process/wait-until.ts";
import type { ClusterLink, VersionRanges } from "./cluster-link.ts";

/** Enough names that every partition of a small internal topic keeps one of them. */
const NAMES = Array.from({ length: 24 }, (_, index) => `r0.warm-${index}`);

/** Kafka makes its internal topics and blocks of producer ids when they are first asked for; no script is to see that. */
export async function waitForCoordinators(link: ClusterLink, ranges: VersionRanges): Promise<void> {
  await waitUntil("the group coordinators answer", async () => {
    const found = await link.ask(findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType: 0, coordinatorKeys: NAMES }));
    if (typeof found === "string" || found.coordinators.some(({ errorCode }) => errorCode !== 0)) return false;
    const groups = NAMES.map((groupId) => makeOffsetFetchRequestGroup({ groupId, topics: null, memberEpoch: -1 }));
    const offsets = await link.ask(offsetFetchApi, 8, makeOffsetFetchRequest({ groups }));
    return typeof offsets !== "string" && offsets.groups.every(({ errorCode }) => errorCode === 0);
  });
  await waitForProducerId(link, null);
  if (!ranges.has(ApiKey.EndTxn)) return;
  await waitUntil("the transaction coordinators answer", async () => {
    const found = await link.ask(findCoordinatorApi, 4, makeFindCoordinatorRequest({ keyType: 1, coordinatorKeys: NAMES }));
    return typeof found !== "string" && found.coordinators.every(({ errorCode }) => errorCode === 0);
  });
  for (const name of NAMES) await waitForProducerId(link, name);
}

async function waitForProducerId(link: ClusterLink, transactionalId: string | null): Promise<void> {
  await waitUntil("a producer id", async () => {
    const made = await link.ask(initProducerIdApi, 4, makeInitProducerIdRequest({ transactionalId, transactionTimeoutMs: 60_000 }));
    return typeof made !== "string" && made.errorCode === 0;
  });
}
