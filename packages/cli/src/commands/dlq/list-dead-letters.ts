import { type DeadLetterCause, deadLetterCauses, findDeadLetterTopics } from "@ottla/expert/dead-letters";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const listDeadLetters: RunCommand = (context) =>
  withClient(context, async (client) => {
    const { options, positionals, stdout, env, signal } = context;
    const names = async (): Promise<readonly string[]> => (await client.admin().listTopics()).map(({ name }) => name);
    const topics = positionals.length > 0 ? [...new Set(positionals)] : await findDeadLetterTopics(client, await names(), signal);
    const all: DeadLetterCause[] = [];
    for (const topic of topics) all.push(...(await deadLetterCauses(client, topic, signal)).causes);
    if (options.has("json")) printJson(context, all.map(toJson));
    else if (all.length === 0) stdout.write("There are no dead letters.\n");
    else stdout.write(renderTable(columns, all.map(row), textStyle(stdout, env)));
    return 0 as const;
  });

const columns = [
  { title: "dead-letter topic" },
  { title: "from" },
  { title: "group" },
  { title: "error" },
  { title: "records", isNumeric: true },
  { title: "to replay", isNumeric: true },
  { title: "last failed" },
];

function row({ topic, origin, group, error, count, waiting, lastFailedAt }: DeadLetterCause) {
  return [topic, origin, group, error, count, waiting, isoTime(lastFailedAt)];
}

function toJson({ firstFailedAt, lastFailedAt, ...rest }: DeadLetterCause) {
  return { ...rest, firstFailedAt: isoTime(firstFailedAt), lastFailedAt: isoTime(lastFailedAt) };
}

function isoTime(timestamp: number | undefined): string | undefined {
  return timestamp === undefined || !(timestamp >= 0 && timestamp < 8.64e15) ? undefined : new Date(timestamp).toISOString();
}
