import type { ConsumerRecord } from "@ottla/client";
import { type LetterStory, readToEnd, storyOf } from "@ottla/expert/dead-letters";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { parseSelection, resolveSelections } from "../offsets/partition-selection.ts";
import { jsonFormat } from "../records/record-format.ts";

const LIMIT = 20;
const VALUE_LENGTH_MAX = 500;

interface DeadLetter {
  readonly record: ConsumerRecord;
  readonly failure: LetterStory | undefined;
}

export const showDeadLetters: RunCommand = (context) => {
  const { options, positionals, stdout, env, signal } = context;
  const selection = parseSelection(positionals[0] ?? "");
  const limit = options.integer("limit", 1) ?? LIMIT;
  const origin = options.text("origin");
  const error = options.text("error");
  const isWanted = ({ failure }: DeadLetter): boolean =>
    (origin === undefined || failure?.origin.topic === origin) &&
    (error === undefined || (failure !== undefined && `${failure.errorName}: ${failure.errorMessage}`.includes(error)));
  return withClient(context, async (client) => {
    const partitions = await resolveSelections(client.admin(), [selection]);
    const consumer = client.consumer({ isolationLevel: "read_committed" });
    consumer.assign(partitions);
    consumer.seekToBeginning();
    const letters: DeadLetter[] = [];
    for await (const records of readToEnd(consumer, partitions, signal)) {
      letters.push(...records.map((record) => ({ record, failure: storyOf(record) })).filter(isWanted));
      if (letters.length >= limit) break;
    }
    const found = letters.slice(0, limit);
    if (options.has("json")) printJson(context, found.map(toJson));
    else if (found.length === 0) stdout.write("There are no such dead letters.\n");
    else stdout.write(found.map((letter) => page(letter, options.has("stack"), textStyle(stdout, env))).join("\n"));
    return 0 as const;
  });
};

function page({ record, failure }: DeadLetter, withStack: boolean, style: TextStyle): string {
  const { topic, partition, offset, key, value } = record;
  const lines = [style.bold(shown`${topic}-${partition} at offset ${offset}`)];
  if (key !== null) lines.push(shown`key      ${key.toString()}`);
  const text = value?.toString() ?? "(null)";
  lines.push(shown`value    ${text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text}`);
  if (failure === undefined) lines.push("no story: it was not put here by a consumer of ours or a connector");
  else {
    const { origin, groupId, attempts, errorName, errorMessage, errorStack, firstFailedAt, lastFailedAt } = failure;
    lines.push(shown`error    ${errorName}: ${errorMessage}`);
    const place = origin.partition < 0 ? "" : `-${origin.partition} at offset ${origin.offset}`;
    lines.push(shown`${place === "" ? "for " : "from"}     ${origin.topic}${place}${timeOf(" of ", origin.timestamp)}`);
    if (failure.connect !== undefined) lines.push(connectLine(failure.connect));
    else
      lines.push(
        shown`tried    ${attempts} times by group ${groupId}${timeOf(", first failed ", firstFailedAt)}${timeOf(", last ", lastFailedAt)}`,
      );
    if (withStack && errorStack !== undefined) lines.push(...errorStack.split("\n").map((line) => shown`         ${line}`));
  }
  return `${lines.join("\n  ")}\n`;
}

function connectLine({ connector, task, stage, field }: NonNullable<LetterStory["connect"]>): string {
  return shown`by       connector ${connector}${task === undefined ? "" : `, task ${task}`}${stage === undefined ? "" : `, ${stage}`}${field === undefined ? "" : `, field ${field}`}`;
}

function timeOf(before: string, timestamp: number): string {
  return timestamp >= 0 && timestamp < 8.64e15 ? `${before}${new Date(timestamp).toISOString()}` : "";
}

function toJson({ record, failure }: DeadLetter): unknown {
  return { ...(JSON.parse(jsonFormat(record).join("")) as object), failure };
}
