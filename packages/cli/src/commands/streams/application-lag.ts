import { type LagReport, printNumber, printSeconds, reportLag } from "@ottla/expert";
import { applicationTopics } from "@ottla/streams/operate";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, reportFailures } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { groupTable, partitionTable } from "../lag/lag-table.ts";
import { failuresOf, milliseconds, watchFor } from "../lag/observed-groups.ts";
import { applicationGroup, streamsGroupOf } from "./application-group.ts";

/** How far an application is behind with one of the topics that it reads. */
interface TopicLag {
  readonly topic: string;
  /** It is the application's own: what one sub-topology writes for another. */
  readonly isRepartition: boolean;
  readonly partitions: number;
  readonly lag: number;
  readonly producedPerS: number | undefined;
  readonly consumedPerS: number | undefined;
  /** Seconds; null: never, as it goes; undefined: not watched for long enough. */
  readonly drainS: number | null | undefined;
}

export const applicationLag: RunCommand = (context) => {
  const { options, positionals, stdout, env } = context;
  const [applicationId] = positionals as [string];
  const forMs = milliseconds(options, "for", 0);
  const everyMs = milliseconds(options, "every", 2, 0.1);
  return withClient(context, async (client) => {
    const admin = client.admin();
    if ((await streamsGroupOf(admin, applicationId)) === undefined) await applicationGroup(admin, applicationId);
    const watched = await watchFor(context, admin, forMs, everyMs);
    const reports = [...watched.observations.values()].map(reportLag);
    const topics = reports.flatMap((report) => topicLags(applicationId, report));
    if (options.has("json")) printJson(context, { applicationId, topics, group: reports[0] });
    else {
      const style = textStyle(stdout, env);
      const columns = [
        { title: "topic" },
        { title: "partitions", isNumeric: true },
        { title: "lag", isNumeric: true },
        { title: "in/s", isNumeric: true },
        { title: "out/s", isNumeric: true },
        { title: "caught up in", isNumeric: true },
      ];
      const rows = topics.map(({ topic, partitions, lag, producedPerS, consumedPerS, drainS }) => [
        topic,
        partitions,
        grouped(lag),
        producedPerS === undefined ? undefined : printNumber(producedPerS),
        consumedPerS === undefined ? undefined : printNumber(consumedPerS),
        drainS === undefined ? undefined : printSeconds(drainS ?? Number.POSITIVE_INFINITY),
      ]);
      const parts = [groupTable(reports, style), renderTable(columns, rows, style)];
      if (options.has("partitions")) parts.push(...reports.map((report) => partitionTable(report, style)));
      stdout.write(parts.join("\n"));
    }
    return reportFailures(context, failuresOf(watched, positionals));
  });
};

function topicLags(applicationId: string, { partitions }: LagReport): TopicLag[] {
  return [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, own]) => {
    const sum = (read: (each: (typeof own)[number]) => number | undefined): number | undefined =>
      own.some((each) => read(each) === undefined) ? undefined : own.reduce((total, each) => total + read(each)!, 0);
    const lag = own.reduce((total, each) => total + (each.lag ?? 0), 0);
    const producedPerS = sum((each) => each.producedPerS);
    const consumedPerS = sum((each) => each.consumedPerS);
    return {
      topic,
      isRepartition: applicationTopics(applicationId, [topic]).repartitions.length > 0,
      partitions: own.length,
      lag,
      producedPerS,
      consumedPerS,
      drainS: drainOf(lag, producedPerS, consumedPerS),
    };
  });
}

function drainOf(lag: number, producedPerS: number | undefined, consumedPerS: number | undefined): number | null | undefined {
  if (lag === 0) return 0;
  if (producedPerS === undefined || consumedPerS === undefined) return undefined;
  const gain = consumedPerS - producedPerS;
  return gain > 0 ? lag / gain : null;
}
