import { KAFKA_VERSIONS } from "@ottla/expert/versions";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

export const lintCommands: readonly CommandSpec[] = [
  {
    path: ["lint"],
    summary: "find what is wrong in configuration and programs",
    description:
      "Looks into properties files of brokers, clients, Streams and Connect, Spring, Quarkus and Micronaut configuration, connectors' JSON, compose files, Strimzi's and Kubernetes' resources, charts' values, lists of topics and ACLs, shell scripts, Markdown, schemas, and programs in TypeScript, JavaScript, Java, Kotlin, Python and Go, each by itself and beside each other; no cluster is needed. " +
      "What .gitignore names is left out. ottla.yaml here says who is critical and which rules are off. A comment before a line allows a finding: # ottla: allow RULE because REASON (or //). Status 1 when something was found.",
    arguments: [{ name: "path", summary: "files and folders", variadic: true }],
    options: [
      {
        name: "profile",
        kind: "text",
        placeholder: "PROFILE",
        choices: ["dev", "prod", "critical"],
        summary: "for a developer's machine, for what people rely on, for what must not lose a record",
        defaultText: "prod",
      },
      {
        name: "kafka-version",
        kind: "text",
        placeholder: "VERSION",
        choices: KAFKA_VERSIONS,
        summary: "the Kafka that the files are for",
        defaultText: `an image's tag, else ${KAFKA_VERSIONS.at(-1)}`,
      },
      {
        name: "format",
        kind: "text",
        placeholder: "FORMAT",
        choices: ["text", "json", "sarif", "github"],
        summary: "how findings are printed",
        defaultText: "text",
      },
      JSON_OPTION,
      {
        name: "config",
        kind: "text",
        placeholder: "FILE",
        summary: "what the project says of itself",
        defaultText: "ottla.yaml, if it is there",
      },
      {
        name: "fail-on",
        kind: "text",
        placeholder: "SEVERITY",
        choices: ["error", "warning", "info"],
        summary: "from which severity on the status is 1",
        defaultText: "warning",
      },
      {
        name: "base",
        kind: "text",
        placeholder: "COMMIT",
        summary: "also what is wrong in the change since this commit of git's: assignors in one step, partitions added or taken away",
      },
      { name: "baseline", kind: "text", placeholder: "FILE", summary: "leave out what stands in this file" },
      { name: "write-baseline", kind: "text", placeholder: "FILE", summary: "write what is found now to this file, for later runs" },
      {
        name: "fix",
        kind: "flag",
        summary:
          "print a patch that mends what can be mended in properties, YAML, JSON, .env and Terraform files, and where programs write settings as literals",
      },
      { name: "write", kind: "flag", summary: "with --fix: change the files instead" },
    ],
    examples: [
      { command: "ottla lint config/ docker-compose.yml", does: "findings with line, key, evidence and fix" },
      { command: "ottla lint . --format sarif > lint.sarif", does: "for a code host" },
      { command: "ottla lint server.properties --fix", does: "a patch to look at; with --write it is made" },
      { command: "ottla lint . --base origin/main", does: "in a pull request: what the change itself would break" },
      { command: "ottla lint . --write-baseline lint-baseline.json", does: "what is there already is told no more with --baseline" },
    ],
    load: async () => (await import("./lint.ts")).lint,
  },
  {
    path: ["explain"],
    summary: "what a rule looks for, why, and what mends it",
    arguments: [{ name: "rule", summary: "the rule's id, as BRK-07; none: all rules", optional: true }],
    options: [JSON_OPTION],
    examples: [
      { command: "ottla explain BRK-07", does: "condition, reason, fix and source" },
      { command: "ottla explain", does: "all rules, a line each" },
    ],
    load: async () => (await import("./explain.ts")).explain,
  },
];
