import { keyText } from "../code/constants.ts";
import type { Constants } from "../code/constants.ts";
import type { ClientCall, ProgramDocument } from "./program.ts";
import { entryOf } from "./settings-of.ts";

/** What a send is given besides its records, where the library takes settings there: with kafkajs `acks` stands nowhere else. One document for each send. */
export function sendDocuments(file: string, calls: readonly ClientCall[], constants: Constants): readonly ProgramDocument[] {
  return calls.flatMap(({ verb, library, call }): readonly ProgramDocument[] => {
    const [first] = call.args;
    if (verb !== "send" || !library.sendKeys || !first) return [];
    const given = constants.resolve(first);
    if (given.kind !== "map" || constants.isElsewhere(given)) return [];
    const entries = given.entries.flatMap(({ key, value, line }) => {
      const name = key && keyText(key);
      return name !== undefined && library.sendKeys!.includes(name) ? [entryOf(name, value, line, constants)] : [];
    });
    return entries.length === 0
      ? []
      : [
          {
            document: { file, part: `send of ${library.title}`, kind: "producer", entries, isPartial: true },
            library,
            isOpen: true,
            assumed: new Set(),
          },
        ];
  });
}
