import { ConfigError, nearName } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import {
  canonicalText,
  type ConfigDefinition,
  type ConfigDefinitionJson,
  definitionJson,
  definitionsOf,
  shownValue,
} from "./config-definition.ts";
import { nameSaidIn } from "./blamed-setting.ts";
import { ConfigFamily } from "./config-shape.ts";
import { complaintOfNames, namesIn } from "./listed-names.ts";
import { sinkDefinitions, sourceDefinitions } from "./connector-definitions.ts";
import type { PluginCatalogue } from "./plugin-catalogue.ts";
import type { CheckFinding } from "./plugin-context.ts";
import type { PluginOf } from "./plugin-entry.ts";
import { topicCreationDefinitions } from "./topic-creation.ts";
import type { ConnectorProperties } from "./read-config.ts";

/** A setting of a validation, as Connect's REST API has it. */
interface ConfigInfo {
  /** Null: a setting that no definition is of has an error, as a reference that cannot be resolved. */
  readonly definition: ConfigDefinitionJson | null;
  readonly value: {
    readonly name: string;
    readonly value: string | null;
    readonly recommended_values: readonly string[];
    readonly errors: readonly string[];
    readonly visible: boolean;
  };
}

/** What a config came to, as Connect's REST API has it. */
export interface ConfigReport {
  readonly name: string;
  readonly error_count: number;
  readonly groups: readonly string[];
  readonly configs: readonly ConfigInfo[];
  /** Settings that nobody looks at and whose name is near to one that somebody does, and what a dry run noted. Absent where there are none; Apache Connect has no such member. */
  readonly warnings?: readonly string[];
}

/** Names of settings that hold secrets, by what plugins say of them. */
export interface Validation {
  readonly report: ConfigReport;
  readonly sensitive: ReadonlySet<string>;
}

type ConnectorPlugin = PluginOf<"source" | "sink">;

/** What validation stands on. */
export interface ValidationContext {
  readonly catalogue: PluginCatalogue;
  /** The connector's settings as a plugin is to see them: references resolved. */
  readonly resolve: (properties: ConnectorProperties) => Promise<ConnectorProperties>;
  /** A plugin's dry run; left out, none is made. */
  readonly check?: ((plugin: ConnectorPlugin, properties: ConnectorProperties) => Promise<readonly CheckFinding[]>) | undefined;
}

const CONVERTED = ["key", "value", "header"] as const;
const TASKS_MAX = 1_000;
/** So many names that nobody reads are looked at for what they were meant to be. */
const UNKNOWN_MAX = 50;
/** Settings behind these belong to clients, and are not looked at here. */
const CLIENT_PREFIX = /^(?:producer|consumer|admin)\.override\./;

/** Everything that is wrong with a connector's config, with all of its definitions. Throws `ConnectError` CONNECT_CONFIG where `connector.class` is missing or names nothing. */
export async function validateConfig(given: ConnectorProperties, context: ValidationContext): Promise<Validation> {
  const className = given["connector.class"];
  if (className === undefined || className.trim() === "")
    throw new ConnectError("CONNECT_CONFIG", "Connector config contains no connector type: set connector.class.");
  const plugin = await context.catalogue.load(["source", "sink"], className);
  const found = new Findings();
  let properties = given;
  try {
    properties = await context.resolve(given);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    found.error(nameIn(error.message, given) ?? "connector.class", error.message);
  }
  const known = await definitionsFor(plugin, properties, context.catalogue, found);
  const values = new Map(known.map((definition) => [definition.key.name, checked(definition, properties, found)]));
  if (plugin.kind === "sink") requireTopics(properties, found);
  if (Number(properties["tasks.max"] ?? 1) > TASKS_MAX)
    found.error("tasks.max", `tasks.max is at most ${TASKS_MAX}: each task has clients of its own.`);
  const families = Object.values(plugin.config).filter((field) => field instanceof ConfigFamily);
  const inFamily = (name: string): boolean => families.some(({ names }) => names.test(name));
  warnOfUnknown(properties, known, inFamily, found);
  if (found.count === 0) await dryRun(plugin, properties, known, context, found);
  const report: ConfigReport = {
    name: className,
    error_count: found.count,
    groups: [...new Set(known.flatMap(({ group }) => (group === null ? [] : [group])))],
    configs: [
      ...known.map((definition) =>
        infoOf(definition, values.get(definition.key.name) ?? null, given, {
          found,
          recommended: recommendedFor(definition.key, context.catalogue),
        }),
      ),
      ...found.names.filter((name) => !values.has(name)).map((name) => errorsAlone(name, found)),
    ],
    ...(found.warnings.length > 0 && { warnings: found.warnings }),
  };
  return { report, sensitive: sensitiveOf(known) };
}

/** Names of a connector's settings that its plugins call secrets. Errors as those of {@link validateConfig}. */
export async function sensitiveNamesOf(properties: ConnectorProperties, catalogue: PluginCatalogue): Promise<ReadonlySet<string>> {
  const plugin = await catalogue.load(["source", "sink"], properties["connector.class"] ?? "");
  return sensitiveOf(await definitionsFor(plugin, properties, catalogue, new Findings()));
}

async function definitionsFor(
  plugin: ConnectorPlugin,
  properties: ConnectorProperties,
  catalogue: PluginCatalogue,
  found: Findings,
): Promise<ConfigDefinition[]> {
  const definitions = [...(plugin.kind === "source" ? sourceDefinitions : sinkDefinitions), ...definitionsOf(plugin.config)];
  await addConverters(definitions, properties, catalogue, found);
  await addSteps(definitions, properties, catalogue, found);
  if (plugin.kind === "source" && isGood("topic.creation.groups", properties, found))
    definitions.push(...topicCreationDefinitions(properties));
  return withoutTwins(definitions);
}

function sensitiveOf(definitions: readonly ConfigDefinition[]): ReadonlySet<string> {
  return new Set(definitions.filter(({ key }) => key.sensitive).map(({ key }) => key.name));
}

/** The errors of a report in one text, as `PUT …/config` answers them; undefined: there are none. */
export function errorsOf(report: ConfigReport): string | undefined {
  if (report.error_count === 0) return undefined;
  const lines = report.configs.flatMap(({ value }) => value.errors);
  return `Connector configuration is invalid and contains the following ${report.error_count} error(s):\n${lines.join("\n")}\nYou can also find the above list of errors at the endpoint \`/connector-plugins/{connectorType}/config/validate\``;
}

class Findings {
  readonly warnings: string[] = [];
  readonly #errors = new Map<string, string[]>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  error(name: string, message: string): void {
    const errors = this.#errors.get(name);
    if (errors === undefined) this.#errors.set(name, [message]);
    else errors.push(message);
    this.#count++;
  }

  /** Settings that have errors. */
  get names(): string[] {
    return [...this.#errors.keys()];
  }

  of(name: string): readonly string[] {
    return this.#errors.get(name) ?? [];
  }
}

function checked({ key }: ConfigDefinition, properties: ConnectorProperties, found: Findings): string | null {
  const text = properties[key.name];
  if (text === undefined && key.default === undefined) {
    found.error(key.name, `Missing required configuration "${key.name}" which has no default value.`);
    return null;
  }
  try {
    return canonicalText(key, text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    found.error(key.name, error.message);
    return text ?? null;
  }
}

function infoOf(
  definition: ConfigDefinition,
  value: string | null,
  given: ConnectorProperties,
  { found, recommended }: { readonly found: Findings; readonly recommended: readonly string[] },
): ConfigInfo {
  const { key } = definition;
  const written = given[key.name];
  // A reference is shown as it was written, never what it stands for.
  const text = written !== undefined && written.includes("${") ? written : value;
  return {
    definition: definitionJson(definition),
    value: {
      name: key.name,
      value: shownValue(key, text),
      recommended_values: recommended,
      errors: found.of(key.name),
      visible: true,
    },
  };
}

/** What is not defined may be anything, a secret too: its value is not shown. */
function errorsAlone(name: string, found: Findings): ConfigInfo {
  return { definition: null, value: { name, value: null, recommended_values: [], errors: found.of(name), visible: true } };
}

/** What a form offers: the plugins that a setting may name, or its few values. */
function recommendedFor({ name, validator }: ConfigDefinition["key"], catalogue: PluginCatalogue): readonly string[] {
  if (validator?.kind === "oneOf") return validator.values;
  const kind = /^(?:key|value|header)\.converter$/.test(name)
    ? "converter"
    : /^transforms\.[^.]+\.type$/.test(name)
      ? "transform"
      : /^predicates\.[^.]+\.type$/.test(name)
        ? "predicate"
        : undefined;
  return kind === undefined ? [] : catalogue.list([kind]).map((plugin) => plugin.class);
}

async function addConverters(
  definitions: ConfigDefinition[],
  properties: ConnectorProperties,
  catalogue: PluginCatalogue,
  found: Findings,
): Promise<void> {
  for (const part of CONVERTED) {
    const name = `${part}.converter`;
    const className = properties[name];
    if (className === undefined) continue;
    try {
      const { config } = await catalogue.load(["converter"], className);
      definitions.push(...definitionsOf(config, `${name}.`, `${part[0]?.toUpperCase()}${part.slice(1)} converter`));
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      found.error(name, error.message);
    }
  }
}

/** Transforms and predicates: their own settings, and that each is there. */
async function addSteps(
  definitions: ConfigDefinition[],
  properties: ConnectorProperties,
  catalogue: PluginCatalogue,
  found: Findings,
): Promise<void> {
  const predicates = new Set(namesIn(properties["predicates"]));
  for (const [list, title, kind] of [
    ["transforms", "Transforms", "transform"],
    ["predicates", "Predicates", "predicate"],
  ] as const) {
    if (!isGood(list, properties, found)) continue;
    const names = namesIn(properties[list]);
    if (new Set(names).size < names.length) found.error(list, `${list} names one more than once.`);
    for (const name of new Set(names)) {
      const prefix = `${list}.${name}.`;
      const group = `${title}: ${name}`;
      definitions.push(...stepDefinitions(prefix, group, kind));
      const className = properties[`${prefix}type`];
      if (className === undefined) continue;
      try {
        const { config } = await catalogue.load([kind], className);
        definitions.push(...definitionsOf(config, prefix, group));
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        found.error(`${prefix}type`, error.message);
      }
      const bound = kind === "transform" ? properties[`${prefix}predicate`] : undefined;
      if (bound !== undefined && bound.trim() !== "" && !predicates.has(bound.trim()))
        found.error(`${prefix}predicate`, `${prefix}predicate names "${bound}", which predicates does not.`);
    }
  }
}

/** False: a list names what it may not, which is told. */
function isGood(list: string, properties: ConnectorProperties, found: Findings): boolean {
  const complaint = complaintOfNames(list, properties[list]);
  if (complaint !== undefined) found.error(list, complaint);
  return complaint === undefined;
}

function stepDefinitions(prefix: string, group: string, kind: "transform" | "predicate"): ConfigDefinition[] {
  const at = (
    name: string,
    order: number,
    ...rest: [ConfigDefinition["key"]["type"], string | null | undefined, string]
  ): ConfigDefinition => ({
    key: {
      name: `${prefix}${name}`,
      type: rest[0],
      default: rest[1],
      doc: rest[2],
      importance: name === "type" ? "high" : "medium",
      dynamic: "read-only",
      sensitive: false,
      synonyms: [],
      internal: false,
    },
    group,
    order,
    width: "LONG",
    displayName: name,
    dependents: [],
  });
  const type = at("type", 0, "class", undefined, `Which ${kind}: a plugin's name, or the Java class that it stands for.`);
  if (kind === "predicate") return [type];
  return [
    type,
    at("predicate", 1, "string", "", "The condition under which a record is transformed; empty: always."),
    at("negate", 2, "boolean", "false", "Transforms the records for which the predicate is false instead."),
  ];
}

function requireTopics(properties: ConnectorProperties, found: Findings): void {
  const topics = namesIn(properties["topics"]);
  const pattern = properties["topics.regex"]?.trim() ?? "";
  if (topics.length > 0 && pattern !== "")
    found.error("topics", "topics and topics.regex are mutually exclusive options, but both are set.");
  if (topics.length === 0 && pattern === "") found.error("topics", "Must configure one of topics or topics.regex.");
  if (pattern !== "") {
    try {
      new RegExp(pattern);
    } catch {
      found.error("topics.regex", `topics.regex is no regular expression: ${pattern.slice(0, 100)}`);
    }
  }
  const dead = properties["errors.deadletterqueue.topic.name"]?.trim() ?? "";
  if (dead !== "" && topics.includes(dead))
    found.error("topics", `The dead-letter topic "${dead}" is among the topics that are read; dead letters would come around again.`);
}

function warnOfUnknown(
  properties: ConnectorProperties,
  definitions: readonly ConfigDefinition[],
  inFamily: (name: string) => boolean,
  found: Findings,
): void {
  const known = new Set(definitions.map(({ key }) => key.name));
  let looks = 0;
  for (const name of Object.keys(properties)) {
    if (known.has(name) || CLIENT_PREFIX.test(name) || inFamily(name)) continue;
    if (looks++ === UNKNOWN_MAX) return;
    const near = nearName(name, known);
    if (near !== undefined && properties[near] === undefined) found.warnings.push(`Nobody reads ${name}; did you mean ${near}?`);
  }
}

async function dryRun(
  plugin: ConnectorPlugin,
  properties: ConnectorProperties,
  known: readonly ConfigDefinition[],
  { check }: ValidationContext,
  found: Findings,
): Promise<void> {
  if (check === undefined) return;
  for (const { severity, key, message } of await check(plugin, properties)) {
    if (severity === "error") found.error(key ?? nameSaidIn(message, known) ?? "connector.class", message);
    else found.warnings.push(message);
  }
}

/** A plugin may say again what every connector can be told; the first goes. */
function withoutTwins(definitions: readonly ConfigDefinition[]): ConfigDefinition[] {
  const known = new Map<string, ConfigDefinition>();
  for (const definition of definitions) if (!known.has(definition.key.name)) known.set(definition.key.name, definition);
  return [...known.values()];
}

function nameIn(message: string, properties: ConnectorProperties): string | undefined {
  return Object.keys(properties).find((name) => message.startsWith(`${name} `));
}
