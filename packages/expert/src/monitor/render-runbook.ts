import { printable, shellWord } from "@ottla/base";
import type { Alert, RunbookStep } from "./alert.ts";

/** The page of an alert. Places such as `<group>` are filled from the labels; one without a value is its name in capitals, which a shell takes as a word. */
export function runbookPage(alert: Alert, labels: Readonly<Record<string, string>> = {}): string {
  const { runbook } = alert;
  return [
    "---",
    `alert: ${alert.name}`,
    `severity: ${alert.severity}`,
    ...(alert.rule === undefined ? [] : [`rule: ${alert.rule}`]),
    "---",
    "",
    `# ${alert.name}: ${alert.summary.charAt(0).toLowerCase()}${alert.summary.slice(1)}`,
    "",
    runbook.impact,
    "",
    ...section("Observe", runbook.observe, labels),
    ...section("Act: what shows itself first", runbook.act, labels),
    ...section("Verify", runbook.verify, labels),
    ...(runbook.rollBack ? section("Roll back", runbook.rollBack, labels) : []),
  ].join("\n");
}

/** The command with the labels in its places, and the places that are left. Labels are names that clients chose: whatever they hold, the command stays one line of a shell. */
export function filledCommand(
  command: string,
  labels: Readonly<Record<string, string>>,
): { readonly command: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const filled = command.replace(/<(\w+)>/g, (_, name: string) => {
    const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
    if (value === undefined) missing.push(name);
    return value === undefined ? name.toUpperCase() : shellWord(printable(value));
  });
  return { command: filled, missing };
}

function section(title: string, steps: readonly RunbookStep[], labels: Readonly<Record<string, string>>): readonly string[] {
  const lines = steps.flatMap(({ text, command }) => [
    `- [ ] ${text}`,
    ...(command === undefined ? [] : ["", "  ```sh", `  ${filledCommand(command, labels).command}`, "  ```", ""]),
  ]);
  return [`## ${title}`, "", ...(lines.at(-1) === "" ? lines : [...lines, ""])];
}
