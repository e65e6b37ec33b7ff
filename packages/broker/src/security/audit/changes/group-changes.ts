import { ErrorCode } from "@ottla/protocol";
import type { DeleteGroupsRequest, DeleteGroupsResponse } from "@ottla/protocol/apis/delete-groups";
import type { OffsetDeleteRequest, OffsetDeleteResponse } from "@ottla/protocol/apis/offset-delete";
import type { UpdateFeaturesRequest, UpdateFeaturesResponse } from "@ottla/protocol/apis/update-features";
import { type ChangeReader, changeItem } from "./change-item.ts";

export const deletedGroups: ChangeReader<DeleteGroupsRequest, DeleteGroupsResponse> = (_request, { results }) =>
  results.map(({ groupId, errorCode }) => changeItem({ action: "delete", type: "GROUP", name: groupId, errorCode }));

/** The first failure of a partition counts. */
export const deletedOffsets: ChangeReader<OffsetDeleteRequest, OffsetDeleteResponse> = ({ groupId }, { errorCode, topics }) => {
  const partitions = topics.flatMap((topic) => topic.partitions);
  const first = partitions.find((partition) => partition.errorCode !== ErrorCode.NONE)?.errorCode ?? ErrorCode.NONE;
  const detail = { offsetsDeleted: partitions.length };
  return [
    changeItem({ action: "alter", type: "GROUP", name: groupId, errorCode: errorCode === ErrorCode.NONE ? first : errorCode, detail }),
  ];
};

export const updatedFeatures: ChangeReader<UpdateFeaturesRequest, UpdateFeaturesResponse> = (
  { featureUpdates, validateOnly },
  { errorCode, results },
) => {
  const errors = new Map(results.map((result) => [result.feature, result.errorCode]));
  return featureUpdates.map(({ feature, maxVersionLevel }) =>
    changeItem({
      action: "alter",
      type: "FEATURE",
      name: feature,
      errorCode: errors.get(feature) ?? errorCode,
      detail: { level: maxVersionLevel },
      isCheckOnly: validateOnly,
    }),
  );
};
