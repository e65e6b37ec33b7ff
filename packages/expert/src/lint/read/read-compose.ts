import { environmentOf, readContainer } from "./read-container.ts";
import type { FoundDocument } from "./source-file.ts";
import { at, itemsOf, pairsOf, textAt, type Tree } from "./tree.ts";

/** Whether it is a compose file, by its shape. */
export function isCompose(tree: Tree): boolean {
  return pairsOf(at(tree, "services")).some(({ value }) => value.is === "map");
}

/** The containers of a compose file that are Kafka's or talk to it: what their environment sets, as settings. */
export function readCompose(file: string, tree: Tree): readonly FoundDocument[] {
  return pairsOf(at(tree, "services")).flatMap(({ name, value: service }) =>
    readContainer({
      file,
      part: `services.${name}`,
      image: textAt(service, "image"),
      variables: environmentOf(at(service, "environment")),
      hosts: [name, ...hostsOf(service)],
    }).map((found) => {
      const { hosts: _, ...alone } = found.document;
      // In another network its own names lead nowhere, and localhost is not itself.
      const document = textAt(service, "network_mode") === undefined ? found.document : alone;
      return { ...found, document: hasFileOfSettings(service) ? { ...document, isPartial: true } : document };
    }),
  );
}

/** A file of settings that is mounted says the rest. */
function hasFileOfSettings(service: Tree): boolean {
  return itemsOf(at(service, "volumes")).some((volume) =>
    /\/mnt\/shared\/config|\/config\b.*\.properties|server\.properties/.test(textAt(volume) ?? textAt(volume, "target") ?? ""),
  );
}

/** Names by which other containers reach it, besides the service's own. */
function hostsOf(service: Tree): readonly string[] {
  const given = ["container_name", "hostname"].flatMap((key) => textAt(service, key) ?? []);
  const networks = pairsOf(at(service, "networks")).flatMap(({ value }) =>
    itemsOf(at(value, "aliases")).flatMap((alias) => textAt(alias) ?? []),
  );
  return [...given, ...networks];
}
