import type { Code } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import { pathOf, type SourceCode, walk } from "../code/source-code.ts";
import type { LinkedClients } from "../project/surroundings.ts";
import { bareType } from "./find-clients.ts";
import type { ClientRole, Library } from "./library.ts";
import type { MadeClient, Receiver } from "./made-client.ts";
import type { ClientCall } from "./program.ts";

/** The calls of a file's clients: of those it makes, of what it declares to be one, and, less surely, of what is called one. */
export function findCalls(
  receivers: ReadonlyMap<string, Receiver>,
  used: readonly Library[],
  clients: readonly MadeClient[],
  constants: Constants,
  others: LinkedClients | undefined,
): readonly ClientCall[] {
  return constants.calls.flatMap((call): readonly ClientCall[] => {
    if (call.callee.kind !== "member") return [];
    const { name, object } = call.callee;
    const path = pathOf(object);
    const made = clients.find((client) => client.made === object);
    const receiver: Receiver | undefined = made
      ? { library: made.library, role: made.role, client: made, isProven: true }
      : path === undefined
        ? undefined
        : (receivers.get(path) ??
          receivers.get(path.slice(path.lastIndexOf(".") + 1)) ??
          fromElsewhere(object, path, constants, others) ??
          guessed(path, name, used));
    if (!receiver) return [];
    const verbs = receiver.library.verbs[receiver.role];
    const verb = verbs && Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined) return [];
    return [{ ...receiver, verb, call, receiver: path ?? receiver.client?.name ?? "" }];
  });
}

/** A client that another file of the project makes, by its own name or by that of what it was assigned to. */
function fromElsewhere(object: Code, path: string, constants: Constants, others: LinkedClients | undefined): Receiver | undefined {
  if (!others) return undefined;
  const assigned = constants.assignmentsOf(path, object);
  if (assigned.length === 0) return constants.isParameter(path, object) ? undefined : others.receiver(path);
  const [value] = assigned.length === 1 ? [assigned[0]!.value] : [];
  const made = value && constants.resolve(value);
  return made && made !== value && constants.isElsewhere(made) ? others.made(made) : undefined;
}

/** Names that the file gives to clients. */
export function receiversOf(code: SourceCode, used: readonly Library[], clients: readonly MadeClient[]): ReadonlyMap<string, Receiver> {
  const receivers = new Map<string, Receiver>();
  const declare = (name: string, type: string | undefined): void => {
    if (type === undefined || receivers.has(name)) return;
    const bare = bareType(type);
    for (const library of used) {
      const role = ownValue(library.types, bare) ?? ownValue(library.makes, bare);
      if (role !== undefined) receivers.set(name, { library, role, client: undefined, isProven: true });
    }
  };
  for (const client of clients)
    if (client.name !== undefined) {
      const name = client.name.slice(client.name.lastIndexOf(".") + 1);
      receivers.set(name, { library: client.library, role: client.role, client, isProven: true });
    }
  for (const each of walk(code.root)) {
    if (each.kind === "function") for (const { names, type } of each.parameters) if (names.length === 1) declare(names[0]!, type);
    if (each.kind !== "assign" || each.targets.length !== 1) continue;
    const name = pathOf(each.targets[0] as Code);
    if (name !== undefined) declare(name.slice(name.lastIndexOf(".") + 1), each.type);
  }
  return receivers;
}

function ownValue(table: Readonly<Record<string, ClientRole>> | undefined, key: string): ClientRole | undefined {
  return table && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** `dlqProducer` is a producer where a client library is taken and the method is one of its own. */
function guessed(path: string, method: string, used: readonly Library[]): Receiver | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const role = /producer$/i.test(name)
    ? "producer"
    : /consumer$/i.test(name)
      ? "consumer"
      : /kafkaTemplate$/i.test(name)
        ? "producer"
        : undefined;
  if (role === undefined) return undefined;
  const library = used.find(({ verbs }) => verbs[role] && Object.hasOwn(verbs[role], method));
  return library && { library, role, client: undefined, isProven: false };
}
