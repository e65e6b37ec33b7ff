import type { Code } from "../code/code.ts";
import type { Constants } from "../code/constants.ts";
import { ancestorsOf, calledName, pathOf, type SourceCode, walk } from "../code/source-code.ts";
import type { Fact } from "./surroundings.ts";

const COMMITS = /commit|sendOffsets|storeOffset|resolveOffset|acknowledge|markMessage|markOffset|store_offsets|send_offsets|\back\b/i;
const CLOSES = /^(close|disconnect|stop|wakeup|Close|CloseAllowingRebalance|use|destroy|aclose)$/;
const BEGINS =
  /^(initTransactions?|init_transactions|beginTransaction|begin_transaction|BeginTransaction|BeginTxn|InitTransactions|executeInTransaction|transaction|commitTransaction|commit_transaction)$/;

/** What a file does that other files of its project may rely on. Names are enough: what cannot be told apart counts. */
export function factsOf(code: SourceCode, constants: Constants): ReadonlySet<Fact> {
  const facts = new Set<Fact>();
  for (const each of walk(code.root)) {
    if (each.kind === "member") addMember(each.name, each.object, facts);
    else if (each.kind === "name" && each.parent?.kind === "call" && isCommit(each.name)) facts.add("commits");
    else if (each.kind === "function")
      for (const { type } of each.parameters) {
        if (type?.includes("Acknowledgment")) facts.add("commits");
        if (type === "StreamsBuilder") facts.add("topology");
      }
    if (each.kind === "name" && each.name === "TopologyTestDriver") facts.add("topologyTest");
  }
  for (const call of constants.calls) {
    const name = calledName(call.callee) ?? "";
    if (name === "StreamsBuilder" && (call.isNew || code.language === "kotlin")) facts.add("topology");
    if (name === "windowedBy" || (call.callee.kind === "member" && pathOf(call.callee.object) === "JoinWindows")) facts.add("windows");
    if (BEGINS.test(name)) facts.add("begins");
    if (
      /^(as|`as`|named|persistentKeyValueStore|inMemoryKeyValueStore|lruMap|persistentTimestampedKeyValueStore|persistentWindowStore|persistentSessionStore)$/.test(
        name,
      )
    ) {
      const store = call.args[0] && constants.value(call.args[0]);
      if (store !== undefined) facts.add(`store ${store}`);
    }
    if (name === "on" && call.args[0] && constants.value(call.args[0]) === "delivery-report") facts.add("reports");
  }
  if (code.imports.some(({ name }) => name === "TopologyTestDriver")) facts.add("topologyTest");
  if (isTestPath(code.path)) facts.add("tests");
  return facts;
}

/** Whether a file of this name holds tests. */
export function isTestPath(path: string): boolean {
  return /(^|[/\\])(tests?|__tests__|spec|testing|fixtures)[/\\]|[._-](test|spec|it)\.\w+$|_test\.go$|(^|[/\\])test_\w+\.py$|Tests?\.(java|kt)$|IT\.java$/.test(
    path,
  );
}

function addMember(name: string, object: Code, facts: Set<Fact>): void {
  if (isCommit(name)) facts.add("commits");
  if (CLOSES.test(name)) {
    const path = pathOf(object);
    facts.add(`closes ${path === undefined || isOneOfSeveral(object) ? "*" : path.slice(path.lastIndexOf(".") + 1)}`);
  }
  if (name === "Events" || name === "add_errback") facts.add("reports");
  if (name === "pause" || name === "Pause" || name.startsWith("PauseFetch")) facts.add("pauses");
}

/** Whether a name stands for whatever a loop or a caller gives. */
function isOneOfSeveral(code: Code): boolean {
  // What is called a producer is no consumer, whoever gives it.
  if (code.kind !== "name" || /producer/i.test(code.name)) return false;
  for (const each of ancestorsOf(code)) {
    if (each.kind === "loop" && each.names.includes(code.name)) return true;
    if (each.kind === "function" && each.parameters.some(({ names }) => names.includes(code.name))) return true;
  }
  return false;
}

/** Whether what is called so commits: anything but auto-commit. */
function isCommit(name: string): boolean {
  return COMMITS.test(name) && !/auto_?commit/i.test(name);
}
