import { ConnectError, type ConnectErrorCode, type ConnectPlace } from "../connect-error.ts";

/** One record's failure, told with all that is known of where: connector, task, stage, topic, partition, offset and field. What a plugin threw is its cause. */
export function failureAt(place: ConnectPlace, cause: unknown, detail?: string): ConnectError {
  const inner = cause instanceof ConnectError ? cause.place : {};
  const all: ConnectPlace = { ...inner, ...definedOf(place), ...(inner.field !== undefined && { field: inner.field }) };
  const why = cause instanceof Error ? cause.message : String(cause);
  const end = /[.!?]$/.test(why) ? "" : ".";
  return new ConnectError(codeOf(cause, all), `${placeText(all)}: ${why}${end}${detail === undefined ? "" : ` The record: ${detail}.`}`, {
    cause,
    place: all,
  });
}

/** What a task failed with, with its connector and number where nobody said them. */
export function failureOf({ connector, task }: { readonly connector: string; readonly task: number }, error: unknown): Error {
  if (error instanceof ConnectError && error.place.connector !== undefined) return error;
  return failureAt({ connector, task }, error);
}

/** `Connector "a", task 0, VALUE_CONVERTER, topic t, partition 0, offset 12, field after.price` */
function placeText({ connector, task, stage, transform, topic, partition, offset, field }: ConnectPlace): string {
  const parts = [
    connector === undefined ? undefined : `Connector "${connector}"`,
    task === undefined ? undefined : `task ${task}`,
    stage === undefined ? undefined : transform === undefined ? stage : `${stage} "${transform}"`,
    topic === undefined ? undefined : `topic ${topic}`,
    partition === undefined ? undefined : `partition ${partition}`,
    offset === undefined ? undefined : `offset ${offset}`,
    field === undefined ? undefined : `field ${field}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function definedOf(place: ConnectPlace): ConnectPlace {
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}

function codeOf(cause: unknown, { stage }: ConnectPlace): ConnectErrorCode {
  if (cause instanceof ConnectError) return cause.code;
  if (stage === "TASK_PUT") return "CONNECT_SINK";
  return stage === "TASK_POLL" ? "CONNECT_SOURCE" : "CONNECT_DATA";
}
