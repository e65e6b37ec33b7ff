import { ErrorCode, KafkaError } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { makeFeatureUpdateKey, makeUpdateFeaturesRequest, updateFeaturesApi } from "@ottla/protocol/apis/update-features";
import { waitUntil } from "../process/wait-until.ts";
import { RawConnection } from "./raw-connection.ts";

const FEATURE = "transaction.version";
const UPGRADE = 1;
const SAFE_DOWNGRADE = 2;

/** Moves the whole cluster to another protocol of transactions, and waits until every broker says so. */
export async function setTransactionVersion(bootstrap: string, level: number): Promise<void> {
  const servers = bootstrap.split(",");
  if ((await levelAt(servers[0]!)) === level) return;
  const upgradeType = level > (await levelAt(servers[0]!)) ? UPGRADE : SAFE_DOWNGRADE;
  const connection = await RawConnection.open(servers[0]!);
  const featureUpdates = [makeFeatureUpdateKey({ feature: FEATURE, maxVersionLevel: level, upgradeType })];
  const answer = await connection.ask(updateFeaturesApi, 2, makeUpdateFeaturesRequest({ featureUpdates, timeoutMs: 10_000 }));
  connection.close();
  if (answer === undefined || answer.errorCode !== ErrorCode.NONE) throw new KafkaError(answer?.errorCode ?? -1, answer?.errorMessage);
  for (const server of servers) await waitUntil(`${server} is at ${FEATURE} ${level}`, async () => (await levelAt(server)) === level);
}

async function levelAt(server: string): Promise<number> {
  const connection = await RawConnection.open(server);
  const request = makeApiVersionsRequest({ clientSoftwareName: "conformance", clientSoftwareVersion: "1" });
  const answer = await connection.ask(apiVersionsApi, 3, request);
  connection.close();
  return answer?.finalizedFeatures.find(({ name }) => name === FEATURE)?.maxVersionLevel ?? 0;
}
