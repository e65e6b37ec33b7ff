import { ApiKey, ErrorCode } from "@ottla/protocol";
import { type ChangeItem, type ChangeReader, changeItem } from "./change-item.ts";
import { alteredConfigs } from "./config-changes.ts";
import { deletedGroups, deletedOffsets, updatedFeatures } from "./group-changes.ts";
import {
  alteredQuotas,
  alteredScramUsers,
  createdAcls,
  createdToken,
  deletedAcls,
  expiredToken,
  renewedToken,
} from "./security-changes.ts";
import { addedPartitions, createdTopics, deletedRecords, deletedTopics } from "./topic-changes.ts";

export type { ChangeItem };

/** By API key: those that change something of the cluster. */
const READERS: readonly (ChangeReader<never, never> | undefined)[] = byKey([
  [ApiKey.CreateTopics, createdTopics],
  [ApiKey.DeleteTopics, deletedTopics],
  [ApiKey.DeleteRecords, deletedRecords],
  [ApiKey.CreatePartitions, addedPartitions],
  [ApiKey.AlterConfigs, alteredConfigs],
  [ApiKey.IncrementalAlterConfigs, alteredConfigs],
  [ApiKey.CreateAcls, createdAcls],
  [ApiKey.DeleteAcls, deletedAcls],
  [ApiKey.AlterClientQuotas, alteredQuotas],
  [ApiKey.AlterUserScramCredentials, alteredScramUsers],
  [ApiKey.CreateDelegationToken, createdToken],
  [ApiKey.RenewDelegationToken, renewedToken],
  [ApiKey.ExpireDelegationToken, expiredToken],
  [ApiKey.DeleteGroups, deletedGroups],
  [ApiKey.OffsetDelete, deletedOffsets],
  [ApiKey.UpdateFeatures, updatedFeatures],
]);

export function isChangeApi(apiKey: number): boolean {
  return READERS[apiKey] !== undefined;
}

/** What a request changed, item by item. Without a response: that it failed, and nobody knows how far it had come. */
export function changesOf(apiKey: number, version: number, request: unknown, response: unknown): readonly ChangeItem[] {
  if (response === undefined)
    return [changeItem({ action: "alter", type: "CLUSTER", name: undefined, errorCode: ErrorCode.UNKNOWN_SERVER_ERROR })];
  return READERS[apiKey]?.(request as never, response as never, version) ?? [];
}

function byKey(readers: readonly (readonly [number, ChangeReader<never, never>])[]): (ChangeReader<never, never> | undefined)[] {
  const all: (ChangeReader<never, never> | undefined)[] = [];
  for (const [key, reader] of readers) all[key] = reader;
  return all;
}
