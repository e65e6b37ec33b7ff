import {
  clientOptionsFromProperties,
  consumerOptionsFromProperties,
  findUnusedProperties,
  type Properties,
  producerOptionsFromProperties,
  shareConsumerOptionsFromProperties,
} from "@ottla/client";
import { assignmentsOf } from "./assignments.ts";
import type { CommandContext } from "./command.ts";
import { shown } from "./output.ts";
import { readPropertiesFile } from "./properties-file.ts";

/** What a command makes of its properties, beside the client itself. */
export type ClientKind = "producer" | "consumer" | "shareConsumer";

const READERS: Readonly<Record<ClientKind | "client", (properties: Properties) => object>> = {
  client: clientOptionsFromProperties,
  producer: producerOptionsFromProperties,
  consumer: consumerOptionsFromProperties,
  shareConsumer: shareConsumerOptionsFromProperties,
};

/** What serialisers of a Schema Registry are configured with, in a file that clients share with them. */
const OF_SERIALISERS = /^(?:schema\.registry\.|basic\.auth\.|bearer\.auth\.)/;

/** Contexts whose properties were looked at: each is told of once. */
const looked = new WeakSet<CommandContext["options"]>();

/**
 * The properties of `--command-config` with those of `--property` over them. The first time, names that do nothing are warned of: unknown ones, and single ones that are for
 * another kind of client than `kinds`; a file may be shared.
 */
export function clientProperties(context: CommandContext, ...kinds: readonly ClientKind[]): Map<string, string> {
  const { options } = context;
  const fromFile = commandConfig(context);
  const given = assignmentsOf(options.texts("property"));
  if (!looked.has(options)) {
    looked.add(options);
    const file = options.text("command-config");
    for (const { kind, name, message } of findUnusedProperties(fromFile))
      if (kind === "unknown" && !OF_SERIALISERS.test(name)) warn(context, `${file} (--command-config)`, message);
    for (const [name, value] of given) {
      const [unused] = findUnusedProperties({ [name]: value });
      const useless = unused?.message ?? (isRead({ [name]: value }, kinds) ? undefined : `"${name}" has no effect on this command.`);
      if (useless !== undefined) warn(context, "--property", useless);
    }
  }
  return new Map([...fromFile, ...given]);
}

function commandConfig({ options }: CommandContext): Map<string, string> {
  const file = options.text("command-config");
  return file === undefined ? new Map() : readPropertiesFile(file, "--command-config");
}

function warn({ stderr }: CommandContext, place: string, message: string): void {
  stderr.write(shown`ottla: ${place}: ${message}\n`);
}

/** Whether one property becomes an option of the client itself or of one of `kinds`. */
function isRead(property: Readonly<Record<string, string>>, kinds: readonly ClientKind[]): boolean {
  return ["client" as const, ...kinds].some((kind) => Object.keys(READERS[kind](property)).some((option) => option !== "optionNames"));
}
