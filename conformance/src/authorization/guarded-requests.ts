import { clusterRequests } from "./cluster-requests.ts";
import { groupRequests } from "./group-requests.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { recordRequests } from "./record-requests.ts";
import { topicRequests } from "./topic-requests.ts";
import { transactionRequests } from "./transaction-requests.ts";

/** Every request that is asked under every set of ACLs. */
export const guardedRequests: readonly GuardedRequest[] = [
  ...recordRequests,
  ...groupRequests,
  ...transactionRequests,
  ...clusterRequests,
  ...topicRequests,
];
