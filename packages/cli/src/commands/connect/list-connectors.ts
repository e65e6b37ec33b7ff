import type { RunCommand } from "../../command.ts";
import { connectRestOf } from "../../connect/connect-rest.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import type { ConnectorStatus } from "./connector-answers.ts";

export const listConnectors: RunCommand = async (context) => {
  const answer = await connectRestOf(context).get<
    Readonly<Record<string, { readonly status?: ConnectorStatus; readonly info?: { readonly config: Readonly<Record<string, string>> } }>>
  >("/connectors?expand=status&expand=info");
  const connectors = Object.entries(answer).map(([name, { status, info }]) => ({
    name,
    type: status?.type ?? "unknown",
    class: info?.config["connector.class"],
    state: status?.connector.state ?? "UNASSIGNED",
    tasks: (status?.tasks ?? []).map(({ id, state }) => ({ id, state })),
  }));
  if (context.options.has("json")) printJson(context, connectors);
  else if (connectors.length === 0) context.stdout.write("There are no connectors.\n");
  else
    context.stdout.write(
      renderTable(
        [{ title: "connector" }, { title: "type" }, { title: "class" }, { title: "state" }, { title: "tasks" }],
        connectors.map(({ name, type, class: className, state, tasks }) => [
          name,
          type,
          className,
          state,
          counted(tasks.map((task) => task.state)),
        ]),
        textStyle(context.stdout, context.env),
      ),
    );
  return 0;
};

/** `3 RUNNING, 1 FAILED` */
function counted(states: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ") || "none";
}
