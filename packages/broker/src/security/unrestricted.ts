import { operationsOf, ResourceType } from "@ottla/protocol";
import type { AccessCheck } from "./access-check.ts";

const everything: readonly number[] = Array.from({ length: Math.max(...Object.values(ResourceType)) + 1 }, (_, resourceType) =>
  operationsOf(resourceType).reduce((bits, operation) => bits | (1 << operation), 0),
);

/** Of everybody where there is no authorizer. */
export const unrestricted: AccessCheck = {
  holder: everything,
  epoch: 0,
  allows: () => true,
  shows: () => true,
  allowsSome: () => true,
  operationsOn: (resourceType) => everything[resourceType] ?? 0,
};
