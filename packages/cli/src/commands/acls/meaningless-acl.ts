import type { AclOperation } from "@ottla/client";
import { operationsOf } from "@ottla/protocol";
import { shown } from "../../output.ts";
import {
  type NamedResource,
  numberOfOperation,
  numberOfResource,
  OPERATION_WORDS,
  operationText,
  parseOperation,
  resourceText,
  resourceWord,
} from "./acl-words.ts";

const LEGAL_TOPIC = /^[a-zA-Z0-9._-]+$/;

/** Why an ACL would never count, whoever asks, with what is probably meant; undefined where it may. Brokers take such ones without a word. */
export function whyMeaningless(resource: NamedResource, operation: AclOperation, isPrefixed: boolean): string | undefined {
  const word = resourceWord(resource.resourceType);
  const possible = operationsOf(numberOfResource(resource.resourceType));
  if (operation !== "all" && !possible.includes(numberOfOperation(operation))) {
    const words = OPERATION_WORDS.filter((each) => possible.includes(numberOfOperation(parseOperation(each))));
    return `No request needs ${operationText(operation)} on a ${word}; what it may need is ${words.join(", ")}.`;
  }
  const { resourceType, resourceName } = resource;
  if (isPrefixed && resourceName === "*")
    return `${word}:* with --prefixed stands for names that begin with an asterisk; without --prefixed it stands for all.`;
  if (resourceType !== "topic" || resourceName === "*" || LEGAL_TOPIC.test(resourceName)) return undefined;
  const beginning = resourceName.replace(/\*$/, "");
  const remedy =
    LEGAL_TOPIC.test(beginning) && beginning !== resourceName
      ? shown`; for all topics that begin so write -r topic:${beginning} --prefixed`
      : "; topics have letters, digits, dots, underscores and hyphens";
  return `No topic can be named so: ${resourceText(resource)}${remedy}.`;
}
