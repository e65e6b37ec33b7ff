import { shellWord } from "@ottla/base";
import { kafkaCommandsOf, ottlaCommandsOf } from "../../plan/change-kinds.ts";
import { commandLine } from "../../plan/command-line.ts";
import { designChanges } from "../design-changes.ts";
import type { DesignedSystem } from "../designed-system.ts";
import { comment, generatedBy, type OutputFile } from "./output-file.ts";

/** What stands behind each command: the file with the login, where one is given. An empty array is unset to the shell of a Mac. */
const LOGIN = '${config[@]+"${config[@]}"}';

/** A script of `ottla` commands that makes topics, ACLs and settings of brokers. What is there already stays: it may be run again. */
export function ottlaScript(system: DesignedSystem): OutputFile {
  const blocks = designChanges(system).map(({ change, reason }) => {
    const commands = (ottlaCommandsOf(change) ?? []).map(
      (words) => `ottla ${commandLine(change.kind === "createTopic" ? [...words, "--if-not-exists"] : words)} ${LOGIN}`,
    );
    return [comment(reason), ...commands].join("\n");
  });
  return script(
    "apply.sh",
    system,
    [
      "Where the cluster is: OTTLA_BOOTSTRAP_SERVER, and OTTLA_COMMAND_CONFIG for a file with the login.",
      "What is there already stays as it is, so that it may be run again.",
    ],
    ["config=()", 'if [ -n "${OTTLA_COMMAND_CONFIG:-}" ]; then config=(--command-config "$OTTLA_COMMAND_CONFIG"); fi'],
    blocks,
  );
}

/** Stands for the variable until a line is whole: words of a shell are quoted, and a variable must not be. */
const SERVERS = "@SERVERS@";

/** The same with Apache Kafka's own tools. */
export function kafkaScript(system: DesignedSystem): OutputFile {
  const blocks = designChanges(system).map(({ change, reason }) => {
    const lines = kafkaCommandsOf(change, { bootstrapServer: SERVERS }) ?? [];
    const commands = lines.map(
      (line) =>
        `"\${bin}"${line.replace(SERVERS, '"$BOOTSTRAP_SERVERS"')}${change.kind === "createTopic" ? " --if-not-exists" : ""} ${LOGIN}`,
    );
    return [comment(reason), ...commands].join("\n");
  });
  return script(
    "apply-kafka.sh",
    system,
    [
      "Where the cluster is: BOOTSTRAP_SERVERS, and COMMAND_CONFIG for a file with the login. KAFKA_BIN is where Kafka's tools are, if not on the PATH.",
      "What is there already stays as it is, so that it may be run again.",
    ],
    [
      ': "${BOOTSTRAP_SERVERS:?Say where the cluster is: BOOTSTRAP_SERVERS=host:port}"',
      'bin="${KAFKA_BIN:+$KAFKA_BIN/}"',
      "config=()",
      'if [ -n "${COMMAND_CONFIG:-}" ]; then config=(--command-config "$COMMAND_CONFIG"); fi',
    ],
    blocks,
  );
}

/** Registers the schemas, and says first what a new version has to keep. */
export function schemaScript(system: DesignedSystem): OutputFile | undefined {
  if (system.schemas.length === 0) return undefined;
  const head = [
    "Where the registry is: SCHEMA_REGISTRY_URL. Needs curl and jq. A version that breaks the compatibility is refused by the registry.",
  ];
  const lines = system.schemas.flatMap(({ subject, file, compatibility, reason }) => [
    comment(`${subject}: ${compatibility}: ${reason}`),
    `curl --fail-with-body --silent --show-error -X PUT -H ${shellWord("Content-Type: application/json")} --data ${shellWord(JSON.stringify({ compatibility }))} "$registry/config/${subject}"`,
    `jq -n --rawfile schema ${shellWord(file)} '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H ${shellWord("Content-Type: application/json")} --data @- "$registry/subjects/${subject}/versions"`,
    "",
  ]);
  return script(
    "register-schemas.sh",
    system,
    head,
    ['cd "$(dirname "$0")"', 'registry="${SCHEMA_REGISTRY_URL:?Say where the registry is: SCHEMA_REGISTRY_URL=http://host:8081}"'],
    [lines.join("\n").trimEnd()],
  );
}

function script(
  path: string,
  { system }: DesignedSystem,
  head: readonly string[],
  before: readonly string[],
  blocks: readonly string[],
): OutputFile {
  const comments = [generatedBy(system), ...head].map((text) => comment(text)).join("\n");
  return {
    path,
    isExecutable: true,
    text: `#!/usr/bin/env bash\n${comments}\nset -euo pipefail\n\n${before.join("\n")}\n\n${blocks.join("\n\n")}\n`,
  };
}
