import type { StepKind } from "../step.ts";
import { clusterSteps } from "./cluster-steps.ts";
import { configSteps } from "./config-steps.ts";
import { consumerGroupOffsetSteps } from "./consumer-group-offset-steps.ts";
import { consumerGroupSteps } from "./consumer-group-steps.ts";
import { fencingSteps } from "./fencing-steps.ts";
import { fetchSteps } from "./fetch-steps.ts";
import { groupSteps } from "./group-steps.ts";
import { markerSteps } from "./marker-steps.ts";
import { offsetSteps } from "./offset-steps.ts";
import { produceSteps } from "./produce-steps.ts";
import { staticMemberSteps } from "./static-member-steps.ts";
import { topicSteps } from "./topic-steps.ts";
import { transactionSteps } from "./transaction-steps.ts";
import { waitingFetchSteps } from "./waiting-fetch-steps.ts";

/** Everything that a script may do. */
export const stepKinds: readonly StepKind[] = [
  ...topicSteps,
  ...configSteps,
  ...produceSteps,
  ...fetchSteps,
  ...waitingFetchSteps,
  ...clusterSteps,
  ...groupSteps,
  ...staticMemberSteps,
  ...consumerGroupSteps,
  ...consumerGroupOffsetSteps,
  ...offsetSteps,
  ...transactionSteps,
  ...fencingSteps,
  ...markerSteps,
];
