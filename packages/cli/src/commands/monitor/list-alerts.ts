import { alerts, metricProfiles } from "@ottla/expert/monitor";
import type { RunCommand } from "../../command.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

/** The alerts with the profiles that have all the metrics for each. */
export const listAlerts: RunCommand = async (context) => {
  const { options, stdout, env } = context;
  const profiles = metricProfiles();
  const rows = alerts.map(({ name, severity, summary, rule, needs }) => ({
    name,
    severity,
    summary,
    ...(rule !== undefined && { rule }),
    profiles: profiles.filter(({ signals }) => needs.every((signal) => signals[signal] !== undefined)).map((profile) => profile.name),
  }));
  if (options.has("json")) printJson(context, rows);
  else
    stdout.write(
      renderTable(
        [{ title: "alert" }, { title: "severity" }, { title: "tells" }, { title: "profiles" }],
        rows.map((row) => [row.name, row.severity, row.summary, row.profiles.join(", ")]),
        textStyle(stdout, env),
      ),
    );
  return 0;
};
