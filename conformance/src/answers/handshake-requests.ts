import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { waitUntil } from "../process/wait-until.ts";
import type { OddRequest } from "./odd-requests.ts";
import type { Probe } from "./probe.ts";

/** Which broker and cluster a client means, and what it is told; of the APIs and features each has its own. */
async function meant(probe: Probe, clusterId: string | null, nodeId: number, name = "probe"): Promise<unknown> {
  const request = makeApiVersionsRequest({ clientSoftwareName: name, clientSoftwareVersion: "1", clusterId, nodeId });
  const answer = await probe.raw(apiVersionsApi, 5, request);
  return typeof answer === "string" ? answer : [answer.errorCode, answer.apiKeys.length > 0];
}

/** The topics of a Metadata answer: nodes and clusters differ. */
async function topicsNamed(probe: Probe, version: number, name: string, allowAutoTopicCreation = true): Promise<unknown> {
  const topics = [makeMetadataRequestTopic({ name })];
  const answer = await probe.raw(metadataApi, version, makeMetadataRequest({ topics, allowAutoTopicCreation }));
  return probe.comparable(typeof answer === "string" ? answer : answer.topics);
}

export const handshakeRequests: readonly OddRequest[] = [
  { name: "ApiVersions 5 for this broker", ask: (probe) => meant(probe, probe.clusterId, probe.nodeId) },
  { name: "ApiVersions 5 for another broker", ask: (probe) => meant(probe, probe.clusterId, probe.nodeId + 5) },
  { name: "ApiVersions 5 for another cluster", ask: (probe) => meant(probe, "another", probe.nodeId) },
  { name: "ApiVersions 5 for a cluster alone", ask: (probe) => meant(probe, probe.clusterId, -1) },
  { name: "ApiVersions 5 for a broker alone", ask: (probe) => meant(probe, null, probe.nodeId) },
  { name: "ApiVersions 5 of a client without a name", ask: (probe) => meant(probe, null, -1, "") },
  ...[0, 1, 4, 9, 10, 12, 13].flatMap((version): OddRequest[] => [
    {
      name: `Metadata ${version} of a topic that is not there, then again once it came`,
      async ask(probe) {
        const name = probe.named(`first-use-${version}`);
        const first = await topicsNamed(probe, version, name);
        await waitUntil(`${name} came by itself`, async () => {
          const answer = await probe.raw(metadataApi, 12, makeMetadataRequest({ topics: [makeMetadataRequestTopic({ name })] }));
          return typeof answer !== "string" && (answer.topics[0]?.partitions[0]?.leaderId ?? -1) >= 0;
        });
        return [first, await topicsNamed(probe, version, name)];
      },
    },
    { name: `Metadata ${version} of a bad name`, ask: (probe) => topicsNamed(probe, version, "bad name!") },
    { name: `Metadata ${version} of a name that is too long`, ask: (probe) => topicsNamed(probe, version, "x".repeat(250)) },
  ]),
  { name: "Metadata of a topic that must not be created", ask: (probe) => topicsNamed(probe, 12, probe.named("unwanted"), false) },
  { name: "Metadata of an internal topic that is not there", ask: (probe) => topicsNamed(probe, 12, "__transaction_state", false) },
  { name: "Metadata of a name that collides", ask: (probe) => topicsNamed(probe, 12, probe.named("empty").replace(".", "_")) },
];
