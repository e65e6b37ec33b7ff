// ListPartitionReassignments v0. KIP-455. A reassignment is done when its request is answered, so there is none to list.
import { errorInfo } from "@ottla/protocol";
import {
  type ListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsResponse,
  listPartitionReassignmentsApi,
  makeListPartitionReassignmentsResponse,
} from "@ottla/protocol/apis/list-partition-reassignments";
import { ofCluster } from "../authorisation.ts";
import type { Handler } from "../handler.ts";

export const listPartitionReassignmentsHandler: Handler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> = {
  api: listPartitionReassignmentsApi,
  minVersion: 0,
  maxVersion: 0,
  authorisation: ofCluster("DESCRIBE", (errorCode) =>
    makeListPartitionReassignmentsResponse({ errorCode, errorMessage: errorInfo(errorCode).message }),
  ),

  handle: () => makeListPartitionReassignmentsResponse(),
};
