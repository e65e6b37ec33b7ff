import type { Code } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import type { LinkedClients } from "../project/surroundings.ts";
import { calledName, pathOf, type SourceCode, walk } from "../code/source-code.ts";
import { libraries } from "./libraries.ts";
import type { ClientRole, Library } from "./library.ts";
import type { MadeClient } from "./made-client.ts";
import { clientSettings } from "./client-settings.ts";

/** The client libraries that a file takes. */
export function librariesOf(code: SourceCode): readonly Library[] {
  const own = libraries.filter(({ languages }) => languages.includes(code.language));
  const imported = own.filter(({ modules }) => code.imports.some(({ module }) => modules.test(module)));
  // A file without any import is a piece of one; names that only one library has tell it.
  if (imported.length > 0 || code.imports.length > 0) return imported;
  const telling = own.filter(({ telling: names }) => names !== undefined);
  if (telling.length === 0) return [];
  const names = new Set<string>();
  for (const each of walk(code.root)) {
    if (each.kind === "name") names.add(each.name);
    else if (each.kind === "function") for (const { type } of each.parameters) names.add(bareType(type ?? ""));
    else if (each.kind === "assign" && each.type) names.add(bareType(each.type));
  }
  return telling.filter((library) => library.telling!.some((name) => names.has(name)));
}

/** `KafkaProducer` of `KafkaProducer<String, Order>`, `*kafka.Producer`, `Optional["Producer"]`. */
export function bareType(type: string): string {
  return /([A-Za-z_]\w*)\s*[?!]?\s*$/.exec(type.replaceAll(/<.*>|\[.*\]|\(.*\)|\|.*$|\?|"|'/gs, ""))?.[1] ?? "";
}

/** The clients that a file makes. */
export function findClients(
  code: SourceCode,
  used: readonly Library[],
  constants: Constants,
  others: LinkedClients | undefined,
): readonly MadeClient[] {
  const clients: MadeClient[] = [];
  const makers: { readonly known: string; readonly library: Library; readonly role: ClientRole }[] = [];
  for (const library of used)
    for (const [name, role] of Object.entries(library.makes)) {
      const taken = code.imports.filter(({ module, name: imported }) => library.modules.test(module) && imported === name);
      for (const known of taken.length > 0 ? taken.map(({ as }) => as) : [name]) makers.push({ known, library, role });
    }
  const takenApart = namesTakenApart(code);
  const add = (library: Library, role: ClientRole, made: Code, from?: MadeClient): void => {
    const settings = clientSettings(library, role, made, constants);
    // What a client that is not in sight says, its producers and consumers have.
    const isOpen =
      settings.isOpen || (from === undefined && library.gives !== undefined && role !== "client" && !isMadeByItself(library, made));
    clients.push({ library, role, made, name: nameGivenTo(made), settings: { ...settings, isOpen }, from });
  };
  for (const call of constants.calls) {
    const name = calledName(call.callee) ?? "";
    const maker = makers.find(({ known, library }) => known === name && isMaking(call.callee, call.isNew, library, code, takenApart));
    if (maker) add(maker.library, maker.role, call);
    else if (/^create$/.test(name) && /(^|\.)(Admin|AdminClient|KafkaAdminClient)$/.test(ownerPath(call.callee)))
      for (const library of used) if (library.id === "java") add(library, "admin", call);
  }
  for (const each of walk(code.root)) {
    const type = each.kind === "map" ? each.type : undefined;
    const library = type === undefined ? undefined : used.find(({ id }) => id === "kafka-go");
    if (library && bareType(type!) === "Writer") add(library, "producer", each);
  }
  const makesClients = clients.filter(({ role, library }) => role === "client" && library.gives);
  for (const call of constants.calls) {
    if (call.callee.kind !== "member") continue;
    for (const library of used) {
      const role = library.gives && Object.hasOwn(library.gives, call.callee.name) ? library.gives[call.callee.name] : undefined;
      if (role === undefined) continue;
      const owner = constants.resolve(call.callee.object);
      const from = makesClients.find(
        ({ made, name }) =>
          made === owner || (name !== undefined && name === pathOf(call.callee.kind === "member" ? call.callee.object : call)),
      );
      const path = pathOf(call.callee.object);
      const elsewhere = from || path === undefined || constants.isParameter(path, call) ? undefined : others?.receiver(path);
      const given = from ?? (elsewhere?.library === library && elsewhere.role === "client" ? elsewhere.client : undefined);
      if (given || /(kafka|client)$/i.test(path ?? "")) add(library, role, call, given);
    }
  }
  return clients;
}

/** Whether it is a producer or consumer that needs no client: `new Producer(…)`. */
function isMadeByItself({ makes }: Library, made: Code): boolean {
  return made.kind !== "call" || Object.hasOwn(makes, calledName(made.callee) ?? "");
}

/** `const { Kafka } = KafkaJS`: names, and what they were taken out of. */
function namesTakenApart(code: SourceCode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const each of walk(code.root)) {
    const whole = each.kind === "assign" && each.value ? pathOf(each.value) : undefined;
    if (each.kind === "assign" && whole !== undefined)
      for (const target of each.targets) if (target.kind === "name" && target.name !== whole) names.set(target.name, whole.split(".")[0]!);
  }
  return names;
}

function ownerPath(callee: Code): string {
  return callee.kind === "member" ? (pathOf(callee.object) ?? "") : "";
}

/** Languages whose objects are made by `new` make nothing without it. */
function isMaking(callee: Code, isNew: boolean, library: Library, code: SourceCode, takenApart: ReadonlyMap<string, string>): boolean {
  if (code.language === "java") return isNew;
  if (code.language === "typescript" && !isNew) return library.id === "ottla";
  if (code.language === "go") {
    const owner = callee.kind === "member" ? (pathOf(callee.object) ?? "") : "";
    return code.imports.some(({ as, module }) => as === owner && library.modules.test(module));
  }
  return callee.kind === "name" || code.language === "python" || /^[A-Z]/.test(calledName(callee) ?? "")
    ? isFromLibrary(callee, library, code, takenApart)
    : false;
}

/** `kafka.Producer` and `Producer` are the library's, `models.Producer` is not. */
function isFromLibrary(callee: Code, library: Library, code: SourceCode, takenApart: ReadonlyMap<string, string>): boolean {
  if (callee.kind === "name")
    return (
      code.imports.some(({ as, module }) => as === takenApart.get(callee.name) && library.modules.test(module)) ||
      code.language === "kotlin" ||
      code.imports.length === 0 ||
      code.imports.some(({ as, module }) => (as === callee.name || as === "*") && library.modules.test(module))
    );
  const owner = ownerPath(callee).split(".")[0];
  return code.imports.some(({ as, module }) => as === owner && library.modules.test(module));
}

/** What the thing made here is called: `producer` of `this.producer = new Producer()`. */
export function nameGivenTo(made: Code): string | undefined {
  let code = made;
  for (let parent = code.parent; parent; code = parent, parent = parent.parent) {
    if (parent.kind === "assign" && parent.value === code) return parent.targets[0] && pathOf(parent.targets[0]);
    if (parent.kind === "map") {
      const entry = parent.entries.find(({ value }) => value === code);
      return entry?.key?.kind === "name" ? entry.key.name : undefined;
    }
    const isSameThing =
      parent.kind === "await" ||
      parent.kind === "operation" ||
      parent.kind === "block" ||
      (parent.kind === "call" && parent.callee !== code);
    const isChained = (parent.kind === "member" && parent.object === code) || (parent.kind === "call" && parent.callee === code);
    if (!isSameThing && !isChained) return undefined;
    if (parent.kind === "call" && parent.callee !== code && !/^(resource|use|Some|of|ref|lazy)$/.test(calledName(parent.callee) ?? ""))
      return undefined;
  }
  return undefined;
}
