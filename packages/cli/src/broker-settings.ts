import type { BrokerOptions } from "@ottla/broker";
import { assignmentsOf } from "./assignments.ts";
import type { CommandContext } from "./command.ts";
import { readPropertiesFile } from "./properties-file.ts";

const BROKERS_MAX = 100;

/** The broker properties of `--config` with those of `--set` over them. Throws {@link UsageError}. */
export function brokerProperties({ options }: CommandContext): Map<string, string> {
  const assignments = assignmentsOf(options.texts("set"));
  const file = options.text("config");
  return new Map([...(file === undefined ? [] : readPropertiesFile(file, "--config")), ...assignments]);
}

/** Properties, and what else every command says of its broker in the same way: `--brokers`, and the progress of a recovery on a terminal. */
export function brokerOptions(context: CommandContext, properties: ReadonlyMap<string, string>): BrokerOptions {
  return {
    settings: Object.fromEntries(properties),
    brokers: context.options.integer("brokers", 1, BROKERS_MAX) ?? 1,
    onProgress: progressLine(context),
  };
}

/** Shows recovery when it takes long enough to be noticed. */
function progressLine({ stderr, options }: CommandContext): NonNullable<BrokerOptions["onProgress"]> {
  const isShown = stderr.isTTY && !options.has("json");
  return ({ opened, total }) => {
    if (isShown && total >= 1000 && (opened % 500 === 0 || opened === total))
      stderr.write(`\rOpening partitions: ${opened} of ${total}${opened === total ? "\n" : ""}`);
  };
}
