import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const listTopics: RunCommand = (context) =>
  withClient(context, async (client) => {
    const topics = await client.admin().listTopics({ includeInternal: context.options.has("internal") });
    if (context.options.has("json")) {
      printJson(context, topics);
    } else if (topics.length === 0) {
      context.stdout.write("There are no topics.\n");
    } else {
      const columns = [
        { title: "topic" },
        { title: "partitions", isNumeric: true },
        { title: "replicas", isNumeric: true },
        { title: "id" },
      ];
      context.stdout.write(
        renderTable(
          columns,
          topics.map(({ name, partitionCount, replicationFactor, topicId }) => [name, partitionCount, replicationFactor, topicId]),
          textStyle(context.stdout, context.env),
        ),
      );
    }
    return 0 as const;
  });
