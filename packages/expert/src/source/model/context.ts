import type { CallCode, Code, FunctionCode } from "../code/code.ts";
import { ancestorsOf, calledName, isWithin, pathOf, walk } from "../code/source-code.ts";
import type { ClientCall, Program, RecordScope } from "./program.ts";

/** What becomes of what a call gives. */
export type ResultUse = "dropped" | "void" | "awaited" | "chained" | "kept" | "returned" | "passed";

/** What becomes of a call's result. */
export function useOf(call: Code): ResultUse {
  const { parent } = call;
  if (!parent) return "dropped";
  if (parent.kind === "await") return "awaited";
  if (parent.kind === "member") return "chained";
  // Go's `_ = f()` says that nobody looks.
  if (parent.kind === "assign")
    return parent.targets.length > 0 && parent.targets.every((target) => pathOf(target) === "_") ? "dropped" : "kept";
  if (parent.kind === "exit") return "returned";
  if (parent.kind === "function") return parent.isExpression ? "returned" : "dropped";
  if (parent.kind === "operation") return parent.operator === "void" ? "void" : "kept";
  if (parent.kind === "branch") return parent.condition === call ? "kept" : "dropped";
  if (parent.kind === "loop") return parent.body === call ? "dropped" : "kept";
  return STATEMENTS.has(parent.kind) ? "dropped" : "passed";
}

/** Of what a call can be a statement. */
const STATEMENTS: ReadonlySet<Code["kind"]> = new Set(["block", "try", "spawn", "defer"]);

/** The scope in which one record is at hand and this code runs. */
export function recordScopeOf(program: Program, code: Code): RecordScope | undefined {
  return program.recordScopes.find((scope) => code !== scope.code && isWithin(code, scope.code));
}

/** Whether code in a scope runs only sometimes: below a branch, a handler of errors, or a loop of its own. */
export function isConditional(code: Code, scope: Code): boolean {
  let inside = code;
  for (const each of ancestorsOf(code)) {
    if (each === scope) return false;
    if (each.kind === "branch" && each.condition !== inside) return true;
    if (each.kind === "try" && each.handlers.some(({ body }) => body === inside)) return true;
    inside = each;
  }
  return false;
}

/** The function that a piece of code stands in. */
export function functionAround(code: Code): FunctionCode | undefined {
  for (const each of ancestorsOf(code)) if (each.kind === "function") return each;
  return undefined;
}

/** Whether the code lies in a function of its own inside of the other. */
export function isInInnerFunction(code: Code, outer: Code): boolean {
  for (const each of ancestorsOf(code)) {
    if (each === outer) return false;
    if (each.kind === "function") return true;
  }
  return false;
}

const LOGGERS =
  /(^|\.)(console|log|logger|logging|LOG|LOGGER|slog|zap|logrus|sentry|span|metrics?|counter|fmt|System\.(out|err)|err|stderr|traceback|klog|sugar)(\.|$)/i;
const LOG_METHODS =
  /^(log|debug|info|warn|warning|error|exception|fatal|trace|print|println|printf|printStackTrace|print_exc|Print|Println|Printf|Errorf|Error|Warn|Warnf|Infof|Info|Debugf|increment|inc|captureException|recordException|write|Fprintf|Fprintln|getMessage|toString|stringify|str|repr|format|localizedMessage)$/;

/** Whether a call only writes down that something happened. */
export function isLogging({ callee }: CallCode): boolean {
  const name = calledName(callee) ?? "";
  if (callee.kind === "name") return /^(print|println|log|console|eprintln)$/i.test(name);
  const owner = callee.kind === "member" ? ownerText(callee.object) : "";
  return (
    LOG_METHODS.test(name) &&
    (LOGGERS.test(owner) ||
      /^(printStackTrace|print_exc|getMessage|toString|stringify|localizedMessage|format)$/.test(name) ||
      /log/i.test(owner))
  );
}

/** `this.logger` of a chain of members and calls. */
function ownerText(code: Code): string {
  if (code.kind === "call") return ownerText(code.callee);
  return pathOf(code) ?? (code.kind === "member" ? code.name : "");
}

/** The calls below, those of functions inside of it too. */
export function callsIn(code: Code): readonly CallCode[] {
  return [...walk(code)].filter((each) => each.kind === "call");
}

/** Calls of a client with one of these verbs. */
export function callsOf(program: Program, ...verbs: readonly ClientCall["verb"][]): readonly ClientCall[] {
  return program.calls.filter(({ verb }) => verbs.includes(verb));
}

/** Whether a piece of code names any of these. */
export function mentions(code: Code, names: readonly string[]): boolean {
  for (const each of walk(code)) if (each.kind === "name" && names.includes(each.name)) return true;
  return false;
}
