import { existsSync } from "node:fs";
import { ruleById } from "@ottla/expert";
import type { CompatibilityLevel, ParsedSchema } from "@ottla/registry";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { type RegistryCalls, registryOf } from "../../registry/registry-calls.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { unknownSubject } from "./list-schemas.ts";
import { openModelHint } from "./open-model-hint.ts";
import { judgeChange, passesUnder, type SchemaChange } from "./schema-change.ts";
import { SchemaEngine } from "./schema-engine.ts";
import { schemaInFile, subjectAndVersion } from "./schema-text.ts";

interface Side {
  readonly name: string;
  readonly subject: string | undefined;
  readonly schema: ParsedSchema;
}

export const diffSchemas: RunCommand = async (context) => {
  const { options, positionals, stdout, env } = context;
  const [old, now] = positionals as [string, string | undefined];
  const sides = new Sides(context, await SchemaEngine.load());
  const [older, newer] = now === undefined ? await sides.lastTwo(old) : [await sides.read(old), await sides.read(now)];
  const level = (options.text("level") as CompatibilityLevel | undefined) ?? (await sides.levelOf(newer, older));
  const policy = await sides.policyOf(newer, older);
  const change = judgeChange(older.schema, newer.schema, policy);
  const passes = passesUnder(change, level);
  if (options.has("json")) {
    const { isSame, ...facts } = change;
    printJson(context, { old: older.name, new: newer.name, level, same: isSame, compatible: passes, ...facts });
  } else stdout.write(changeText(`${older.name} → ${newer.name}`, change, level, textStyle(stdout, env)));
  return passes ? 0 : 1;
};

/** A change for people. */
export function changeText(title: string, change: SchemaChange, level: CompatibilityLevel, style: TextStyle): string {
  const lines = [style.bold(shown`${title}`)];
  for (const { kind, path, message, breaks, reader, writer, direction } of change.differences) {
    const [oldPiece, newPiece] = direction === "backward" ? [writer, reader] : [reader, writer];
    lines.push(shown`  ${kind} at ${path === "" ? "/" : path}, breaks ${breaks.join(", ")}`, shown`    ${message}`);
    if (oldPiece !== undefined) lines.push(shown`    - ${oldPiece}`);
    if (newPiece !== undefined) lines.push(shown`    + ${newPiece}`);
  }
  const hint = openModelHint(change.differences.map(({ kind }) => kind));
  if (hint !== undefined) lines.push(`  ${hint}`);
  for (const { rule, path, message, older, newer } of change.advice) {
    lines.push(shown`  ${ruleById(rule)?.severity ?? "warning"} ${rule} at ${path}, which no level notices`, shown`    ${message}`);
    if (older !== undefined) lines.push(shown`    - ${older}`);
    if (newer !== undefined) lines.push(shown`    + ${newer}`);
  }
  if (change.isSame) lines.push("  Both are the same schema.");
  const passes = passesUnder(change, level);
  const verdict = passes ? style.green(`Passes under ${level}.`) : style.yellow(`Does not pass under ${level}.`);
  return `${lines.join("\n")}\n${verdict} Passes under: ${change.passesUnder.join(", ")}.\n`;
}

/** Files, and what a registry has; it is asked only where a side is of it. */
class Sides {
  readonly #context: CommandContext;
  readonly #engine: SchemaEngine;
  #registry: Promise<RegistryCalls> | undefined;

  constructor(context: CommandContext, engine: SchemaEngine) {
    this.#context = context;
    this.#engine = engine;
  }

  get #calls(): Promise<RegistryCalls> {
    this.#registry ??= registryOf(this.#context);
    return this.#registry;
  }

  async read(written: string): Promise<Side> {
    if (written === "-" || existsSync(written)) {
      const content = await schemaInFile(this.#context, written);
      const schema =
        content.references.length === 0
          ? this.#engine.parse(content.schemaType, content.schema, [])
          : await this.#engine.parseRegistered(await this.#calls, content);
      return { name: written, subject: undefined, schema };
    }
    const { subject, version } = subjectAndVersion(written);
    return this.#version(subject, version);
  }

  async lastTwo(written: string): Promise<[Side, Side]> {
    if (existsSync(written)) throw new UsageError(`What is ${written} to be compared with? Name a second file or a subject.`);
    const { subject, version } = subjectAndVersion(written);
    const numbers = await (await this.#calls).versions(subject, false);
    if (numbers === undefined) throw unknownSubject(subject);
    const at = version === "latest" ? numbers.length - 1 : numbers.indexOf(version);
    const [before, last] = [numbers[at - 1], numbers[at]];
    if (last === undefined) throw new UsageError(`The subject ${subject} has no version ${version}.`);
    if (before === undefined) throw new UsageError(`Version ${last} of ${subject} is its first; name what it is to be compared with.`);
    return [await this.#version(subject, before), await this.#version(subject, last)];
  }

  /** Of the subject that one of them is of. */
  async levelOf(...sides: readonly Side[]): Promise<CompatibilityLevel> {
    const subject = sides.find((side) => side.subject !== undefined)?.subject;
    return subject === undefined ? "BACKWARD" : (await this.#calls).level(subject);
  }

  async policyOf(...sides: readonly Side[]): Promise<"LENIENT" | "STRICT"> {
    const subject = sides.find((side) => side.subject !== undefined)?.subject;
    if (subject === undefined) return "STRICT";
    return (await (await this.#calls).ownConfig(subject))?.["compatibilityPolicy"] === "LENIENT" ? "LENIENT" : "STRICT";
  }

  async #version(subject: string, version: number | "latest"): Promise<Side> {
    const registry = await this.#calls;
    if ((await registry.versions(subject, false)) === undefined) throw unknownSubject(subject);
    const found = await registry.version(subject, version);
    return { name: `${subject}@${found.version}`, subject, schema: await this.#engine.parseRegistered(registry, found) };
  }
}
