import { writeFileSync } from "node:fs";
import type { ToolStep } from "./tool-step.ts";

const groups = (...args: string[]): ToolStep => ({ tool: "consumer-groups", args });

/** The groups of the steps: by both protocols, with members and without. */
export const groupNames = {
  classicActive: "classic-active",
  classicStatic: "classic-static",
  consumerActive: "consumer-active",
  classicEmpty: "classic-empty",
  consumerEmpty: "consumer-empty",
} as const;

const active = [groupNames.classicActive, groupNames.classicStatic, groupNames.consumerActive];
const empty = [groupNames.classicEmpty, groupNames.consumerEmpty];

const lists: readonly ToolStep[] = [
  groups("--list"),
  groups("--list", "--state"),
  groups("--list", "--state", "Stable"),
  groups("--list", "--state", "empty"),
  groups("--list", "--state", "Stable,Empty"),
  groups("--list", "--state", "Assigning"),
  groups("--list", "--state", "Dead"),
  groups("--list", "--state", "nonsense"),
  groups("--list", "--type"),
  groups("--list", "--type", "classic"),
  groups("--list", "--type", "consumer"),
  groups("--list", "--type", "classic,consumer"),
  groups("--list", "--type", "nonsense"),
  groups("--list", "--type", "consumer", "--state", "Empty"),
  groups("--list", "--type", "classic", "--state"),
];

const describes: readonly ToolStep[] = [...active, ...empty, "nobody"]
  .flatMap((group) =>
    [[], ["--offsets"], ["--offsets", "--verbose"], ["--members"], ["--members", "--verbose"], ["--state"], ["--state", "--verbose"]].map(
      (how) => groups("--describe", "--group", group, ...how),
    ),
  )
  .concat(
    ["--offsets", "--members", "--state"].map((how) => groups("--describe", "--all-groups", how)),
    groups("--describe", "--group", active[0]!, "--group", empty[1]!, "--state"),
    groups("--describe", "--all-groups", "--state", "--timeout", "9000"),
    groups("--describe", "--members", "--state", "--group", active[0]!),
    groups("--describe"),
  );

/** Where resets lead, in each of the tool's words. */
function resetsOf(group: string, fileFolder: string): ToolStep[] {
  const own = `${fileFolder}/own.csv`;
  const ofSeveral = `${fileFolder}/several.csv`;
  const bad = `${fileFolder}/bad.csv`;
  writeFileSync(own, "first,0,3\nfirst,1,2\n");
  writeFileSync(ofSeveral, `${empty[0]},first,0,1\n${empty[1]},first,0,2\n`);
  writeFileSync(bad, "first,zero,3\n");
  const reset = (...how: string[]): ToolStep => groups("--reset-offsets", "--group", group, ...how);
  const places = [
    ["--to-earliest"],
    ["--to-latest"],
    ["--to-offset", "4"],
    ["--to-offset", "400"],
    ["--to-offset", "-4"],
    ["--shift-by", "2"],
    ["--shift-by", "-2"],
    ["--shift-by", "9000"],
    ["--to-datetime", "2026-01-02T03:04:08.000"],
    ["--to-datetime", "2026-01-02T03:04:08.000+02:00"],
    ["--to-datetime", "2000-01-01T00:00:00.000"],
    ["--to-datetime", "2200-01-01T00:00:00.000"],
    ["--to-datetime", "yesterday"],
    ["--by-duration", "PT1M"],
    ["--by-duration", "P9000D"],
    ["--by-duration", "a while"],
    ["--to-current"],
  ];
  return [
    ...places.flatMap((place) => [reset(...place, "--topic", "first"), reset(...place, "--all-topics", "--dry-run")]),
    reset("--to-earliest", "--topic", "first:1,2"),
    reset("--to-earliest", "--topic", "first:1", "--topic", "second"),
    reset("--to-earliest", "--topic", "first:77"),
    reset("--to-earliest", "--topic", "nowhere"),
    reset("--to-earliest"),
    reset("--to-earliest", "--to-latest", "--all-topics"),
    reset("--all-topics"),
    reset("--to-earliest", "--all-topics", "--export"),
    reset("--to-current", "--all-topics", "--export", "--dry-run"),
    reset("--from-file", own),
    reset("--from-file", own, "--execute"),
    reset("--from-file", bad),
    reset("--from-file", `${fileFolder}/none.csv`),
    reset("--shift-by", "1", "--all-topics", "--execute"),
    groups("--describe", "--group", group),
    reset("--to-latest", "--topic", "first:0", "--execute"),
    reset("--to-datetime", "2026-01-02T03:04:08.000", "--topic", "second", "--execute"),
    groups("--describe", "--group", group),
    groups("--reset-offsets", "--group", empty[0]!, "--group", empty[1]!, "--from-file", ofSeveral),
  ];
}

const refusals: readonly ToolStep[] = [
  ...active.flatMap((group) => [
    groups("--reset-offsets", "--group", group, "--to-earliest", "--topic", "first", "--execute"),
    groups("--reset-offsets", "--group", group, "--to-earliest", "--topic", "first", "--dry-run"),
    groups("--delete", "--group", group),
    groups("--delete-offsets", "--group", group, "--topic", "first"),
    groups("--delete-offsets", "--group", group, "--topic", "second"),
  ]),
  groups("--reset-offsets", "--group", "nobody", "--to-latest", "--topic", "first", "--dry-run"),
  groups("--reset-offsets", "--group", "nobody", "--to-latest", "--all-topics", "--dry-run"),
  groups("--reset-offsets", "--all-groups", "--to-latest", "--topic", "second", "--dry-run"),
  groups("--delete", "--group", "nobody"),
  groups("--delete", "--group", "nobody", "--group", active[0]!),
  groups("--delete-offsets", "--group", "nobody", "--topic", "first"),
  groups("--delete-offsets", "--group", empty[0]!, "--topic", "nowhere"),
  groups("--delete-offsets", "--group", empty[0]!, "--topic", "first:77"),
  groups("--validate-regex", "fir.*"),
  groups("--validate-regex", "("),
  groups("--list", "--members"),
  groups("--delete"),
];

const deletions: readonly ToolStep[] = [
  ...empty.flatMap((group) => [
    groups("--delete-offsets", "--group", group, "--topic", "first:1"),
    groups("--describe", "--group", group),
    groups("--delete-offsets", "--group", group, "--topic", "first", "--topic", "second"),
    groups("--describe", "--group", group),
  ]),
  groups("--reset-offsets", "--group", "made-by-reset", "--to-latest", "--topic", "first", "--execute"),
  groups("--describe", "--group", "made-by-reset", "--state"),
  groups("--delete", "--group", empty[0]!, "--group", "nobody"),
  groups("--list", "--state"),
  groups("--delete", "--all-groups"),
  groups("--list"),
];

/** Every verb of `kafka-consumer-groups` and every form of it, `fileFolder` for the files that resets read. */
export function groupSteps(fileFolder: string): ToolStep[] {
  return [...lists, ...describes, ...empty.flatMap((group) => resetsOf(group, fileFolder)), ...refusals, ...deletions];
}
