import type { Entry } from "../../lint/document.ts";
import { type CallCode, type Code, type MapEntry } from "../code/code.ts";
import { type Constants, keyText, resultsOf } from "../code/constants.ts";
import { calledName, isWithin, pathOf } from "../code/source-code.ts";

/** Settings as they are gathered from code. */
export interface GatheredSettings {
  readonly entries: readonly Entry[];
  /** Whether more may be added where it is not seen: something is spread in, or the whole comes from elsewhere. */
  readonly isOpen: boolean;
}

const STEPS_MAX = 6;
/** What stands for a value that only the running program knows. */
const UNKNOWN = "${…}";

/** Gathers what a client is given: a literal, a name that stands for one, and what is put into it later. */
export function settingsOf(given: Code, constants: Constants, steps = 0): GatheredSettings {
  if (steps > STEPS_MAX) return { entries: [], isOpen: true };
  if (constants.isElsewhere(given)) return settingsOf(given, constants.ownerOf(given), steps + 1);
  const own = literalSettings(given, constants, steps);
  if (own) return own;
  const path = pathOf(given);
  if (path !== undefined) {
    const assigned = constants.assignmentsOf(path, given).flatMap(({ value }) => value ?? []);
    const parts = assigned.map((value) => settingsOf(value, constants, steps + 1));
    const put = putInto(path, given, constants);
    if (assigned.length === 0 && put.length === 0) return settingsElsewhere(given, constants.resolve(given), constants, steps);
    return {
      entries: [...parts.flatMap(({ entries }) => entries), ...put],
      isOpen: assigned.length !== 1 || parts.some(({ isOpen }) => isOpen),
    };
  }
  if (given.kind === "call" && !given.isNew) {
    const name = calledName(given.callee);
    const results = name === undefined ? [] : constants.knownFunctions(name).flatMap(resultsOf);
    if (results.length !== 1) return { entries: [], isOpen: true };
    if (constants.isElsewhere(results[0]!)) return settingsElsewhere(given, results[0]!, constants, steps);
    return settingsOf(results[0]!, constants, steps + 1);
  }
  return { entries: [], isOpen: true };
}

/** What another file gives: told where this one takes it. */
function settingsElsewhere(given: Code, found: Code, constants: Constants, steps: number): GatheredSettings {
  if (!constants.isElsewhere(found)) return { entries: [], isOpen: true };
  const owner = constants.ownerOf(found);
  const { entries, isOpen } = settingsOf(found, owner, steps + 1);
  return { entries: entries.map((entry) => ({ ...entry, line: given.line, from: entry.from ?? `${owner.file}:${entry.line}` })), isOpen };
}

function literalSettings(given: Code, constants: Constants, steps: number): GatheredSettings | undefined {
  if (given.kind === "map") return entriesOf(given.entries, constants, steps);
  if (given.kind === "operation" && given.operator === "&" && given.operands.length === 1)
    return settingsOf(given.operands[0]!, constants, steps + 1);
  if (given.kind !== "call") return undefined;
  if (given.callee.kind === "member" && /^(apply|also)$/.test(given.callee.name))
    return appliedSettings(given.callee.object, given.args.at(-1), constants, steps);
  const name = calledName(given.callee) ?? "";
  const first = given.args[0];
  if (
    given.isNew &&
    /^(Properties|HashMap|LinkedHashMap|ConcurrentHashMap|TreeMap|Map|StreamsConfig|ProducerConfig|ConsumerConfig)$/.test(name)
  )
    return first ? settingsOf(first, constants, steps + 1) : { entries: [], isOpen: false };
  if (/^(of|mapOf|hashMapOf|mutableMapOf|ofEntries|entry)$/.test(name)) return pairedSettings(given, constants);
  if (/^(dict|make|Properties|HashMap|emptyMap|unmodifiableMap|freeze)$/.test(name)) {
    const named = given.args.flatMap((arg): MapEntry[] =>
      arg.kind === "named" ? [{ key: { ...arg, kind: "name" }, value: arg.value, line: arg.line }] : [],
    );
    if (named.length > 0) return entriesOf(named, constants, steps);
    return first && first.kind !== "block" ? settingsOf(first, constants, steps + 1) : { entries: [], isOpen: false };
  }
  return undefined;
}

function entriesOf(entries: readonly MapEntry[], constants: Constants, steps: number): GatheredSettings {
  let isOpen = false;
  const gathered: Entry[] = [];
  for (const { key, value, line } of entries) {
    if (key === undefined) {
      const spread = settingsOf(value, constants, steps + 1);
      isOpen ||= spread.isOpen;
      gathered.push(...spread.entries);
      continue;
    }
    const name = key.kind === "name" ? key.name : constants.value(key);
    if (name === undefined) isOpen = true;
    else gathered.push(entryOf(name, value, line, constants));
  }
  return { entries: gathered, isOpen };
}

/** `Map.of(k, v, …)`, `mapOf(k to v)`, `Map.ofEntries(entry(k, v))`. */
function pairedSettings({ callee, args }: CallCode, constants: Constants): GatheredSettings {
  const entries: Entry[] = [];
  let isOpen = false;
  const add = (key: Code, value: Code): void => {
    const name = constants.value(key);
    if (name === undefined) isOpen = true;
    else entries.push(entryOf(name, value, key.line, constants));
  };
  const isFlat = calledName(callee) === "of" && args.length % 2 === 0;
  if (isFlat) for (let i = 0; i < args.length; i += 2) add(args[i]!, args[i + 1]!);
  else
    for (const arg of args) {
      if (arg.kind === "operation" && arg.operator === "to") add(arg.operands[0]!, arg.operands[1]!);
      else if (arg.kind === "call" && arg.args.length === 2) add(arg.args[0]!, arg.args[1]!);
      else isOpen = true;
    }
  return { entries, isOpen };
}

/** `Properties().apply { put(k, v) }`. */
function appliedSettings(object: Code, lambda: Code | undefined, constants: Constants, steps: number): GatheredSettings {
  const base = settingsOf(object, constants, steps + 1);
  const entries: Entry[] = [];
  if (lambda)
    for (const { callee, args, line } of constants.calls.filter((call) => isWithin(call, lambda))) {
      const isPut = /^(put|setProperty|set)$/.test(calledName(callee) ?? "") && args.length === 2;
      const key = isPut ? constants.value(args[0]!) : undefined;
      if (key !== undefined) entries.push(entryOf(key, args[1]!, line, constants));
    }
  if (lambda)
    for (const { object: owner, index, value, line } of constants.indexedAssignments) {
      const key = isWithin(owner, lambda) && /^(this|it)$/.test(pathOf(owner) ?? "") ? constants.value(index) : undefined;
      if (key !== undefined) entries.push(entryOf(key, value, line, constants));
    }
  return { entries: [...base.entries, ...entries], isOpen: base.isOpen };
}

/** What is put into the thing of this name, where both see the same one. */
function putInto(path: string, from: Code, constants: Constants): readonly Entry[] {
  const owners = constants.assignmentsOf(path, from);
  const isSame = (object: Code): boolean => {
    if (pathOf(object) !== path) return false;
    const theirs = constants.assignmentsOf(path, object);
    return (
      theirs.length === owners.length &&
      theirs.every((each) => owners.includes(each)) &&
      (owners.length > 0 || isWithin(object, outermost(from)))
    );
  };
  const entries: Entry[] = [];
  for (const { callee, args, line } of constants.calls) {
    if (
      callee.kind !== "member" ||
      args.length < 2 ||
      !/^(put|putIfAbsent|setProperty|set|SetKey)$/.test(callee.name) ||
      !isSame(callee.object)
    )
      continue;
    const key = constants.value(args[0]!);
    if (key !== undefined) entries.push(entryOf(key, args[1]!, line, constants));
  }
  for (const { index, object, value, line } of constants.indexedAssignments) {
    const key = isSame(object) ? constants.value(index) : undefined;
    if (key !== undefined) entries.push(entryOf(key, value, line, constants));
  }
  return entries;
}

function outermost(code: Code): Code {
  let last = code;
  for (let each: Code | undefined = code; each; each = each.parent) if (each.kind === "function") last = each;
  return last;
}

/** One setting. What only the running program knows counts as given, and as unknown. */
export function entryOf(key: string, value: Code, line: number, constants: Constants): Entry {
  return { key, value: constants.value(value) ?? UNKNOWN, line };
}

/** The entry of a map by its name, as code. */
export function entryCode(map: Code, name: string): Code | undefined {
  return map.kind === "map" ? map.entries.find(({ key }) => key && keyText(key) === name)?.value : undefined;
}
