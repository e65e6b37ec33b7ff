import { shown } from "../options/argument-checks.ts";
import { KafkaJSNonRetriableError } from "./errors.ts";

/** The one argument of most calls. kafkajs takes it apart unseen; here the error says which call it was. */
export function objectGivenTo<Given>(call: string, given: Given): Given {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given;
  throw new KafkaJSNonRetriableError(`${call}: an object is needed, not ${shown(given)}`);
}

/** A list of objects, or nothing. */
export function listGivenTo<Each extends object>(call: string, given: readonly Each[] | null | undefined): readonly Each[] {
  const list: unknown = given ?? [];
  if (!Array.isArray(list)) throw new KafkaJSNonRetriableError(`${call}: a list is needed, not ${shown(given)}`);
  return Array.from(list as readonly Each[], (each) => objectGivenTo(`${call}: each element`, each));
}
