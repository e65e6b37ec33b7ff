import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

export const listTransactions: RunCommand = (context) => {
  const { options, stdout, env } = context;
  const filter = {
    states: options.texts("state"),
    producerIds: options.integers("producer-id"),
    longerThanMs: options.integer("longer-than-ms"),
    idPattern: options.text("id-pattern"),
  };
  return withClient(context, async (client) => {
    const transactions = await client.admin().listTransactions(filter);
    if (options.has("json")) printJson(context, transactions);
    else if (transactions.length === 0) stdout.write("There are no such transactional ids.\n");
    else {
      const columns = [
        { title: "transactional id" },
        { title: "state" },
        { title: "producer id", isNumeric: true },
        { title: "coordinator", isNumeric: true },
      ];
      const rows = transactions.map(({ transactionalId, state, producerId, coordinator }) => [
        transactionalId,
        state,
        producerId,
        coordinator,
      ]);
      stdout.write(renderTable(columns, rows, textStyle(stdout, env)));
    }
    return 0 as const;
  });
};
