import type { DesignedAcl, DesignedSystem, DesignedTopic, Reasoned } from "../designed-system.ts";
import { generatedBy, type OutputFile } from "./output-file.ts";

/** All of it for people: each number with its reason and how it was calculated. */
export function report(system: DesignedSystem): OutputFile {
  const { cluster } = system;
  const sections = [
    `# ${cell(system.system)}\n\n${generatedBy(system.system)}`,
    `For Kafka ${cluster.kafka} on ${cluster.brokers} brokers${cluster.racks > 1 ? ` in ${cluster.racks} racks` : ""}: ${system.topics.length} topics, ${system.acls.length} ACLs, ${system.clients.length} clients.`,
    ...(system.notes.length > 0 ? [`## To decide and to mind\n\n${system.notes.map((note) => `- ${cell(note)}`).join("\n")}`] : []),
    `## Capacity\n\n${table(
      ["figure", "value", "how"],
      system.capacity.map(({ about, value, formula }) => [about, value, formula]),
    )}`,
    `## Topics\n\n${system.topics.map(topicSection).join("\n\n")}`,
    `## Clients\n\n${system.clients.map(({ service, role, settings }) => `### ${cell(service)}, ${role}\n\n${reasonTable(settings)}`).join("\n\n")}`,
    `## Brokers\n\n${reasonTable(system.brokerSettings)}`,
    `## ACLs\n\n${table(["service", "principal", "resource", "operations", "why"], system.acls.map(aclRow))}`,
    ...(system.schemas.length > 0
      ? [
          `## Schemas\n\n${table(
            ["subject", "file", "compatibility", "why"],
            system.schemas.map(({ subject, file, compatibility, reason }) => [subject, file, compatibility, reason]),
          )}`,
        ]
      : []),
    `## Alerts\n\n${table(
      ["of", "what", "from", "why"],
      system.alerts.map(({ of, name, value, unit, reason, formula }) => [
        of,
        name,
        `${value.toLocaleString("en-US")} ${unit}`,
        formula === undefined ? reason : `${reason} (${formula})`,
      ]),
    )}`,
  ];
  return { path: "report.md", text: `${sections.join("\n\n")}\n` };
}

function topicSection({ name, purpose, of, partitions, replicationFactor, reasons, settings }: DesignedTopic): string {
  const what =
    purpose === "event"
      ? ""
      : purpose === "retry"
        ? ` Failed records of the group ${cell(of)} wait here.`
        : ` What the group ${cell(of)} cannot handle.`;
  return `### ${cell(name)}\n\n${partitions} partitions, ${replicationFactor} copies.${what}\n\n${reasonTable([...reasons, ...settings])}`;
}

function aclRow({ service, principal, resourceType, resourceName, isPrefix, operations, reason }: DesignedAcl): readonly string[] {
  return [service, principal, `${resourceType} ${resourceName}${isPrefix ? "…" : ""}`, operations.join(", "), reason];
}

function reasonTable(settings: readonly Reasoned[]): string {
  return table(
    ["setting", "value", "why", "how"],
    settings.map(({ name, value, reason, formula }) => [name, value, reason, formula ?? ""]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text in which nothing is taken for Markdown's or HTML's own. */
function cell(text: string): string {
  return text.replaceAll(/[\\|`*_[\]<>]/g, "\\$&").replaceAll(/[\r\n]+/g, " ");
}
