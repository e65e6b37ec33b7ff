import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parseAllDocuments } from "yaml";
import { cacheRoot } from "../paths.ts";

/** The Strimzi whose resources are written. */
export const STRIMZI_VERSION = "1.2.0";

const SOURCE = `https://github.com/strimzi/strimzi-kafka-operator/releases/download/${STRIMZI_VERSION}/strimzi-crds-${STRIMZI_VERSION}.yaml`;

interface Definition {
  readonly kind?: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

type Schema = { readonly [key: string]: unknown };

/** What refuses a resource, by `apiVersion kind`: the operator's own definitions, unknown keys refused, as its API server drops them with a warning at most. */
export async function resourceValidators(folder: string | undefined): Promise<ReadonlyMap<string, ValidateFunction>> {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const texts = folder === undefined ? [await released()] : textsIn(folder);
  const definitions = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Definition));
  return new Map(
    definitions
      .filter((each) => each?.kind === "CustomResourceDefinition")
      .flatMap(({ spec: { group, names, versions } }) =>
        versions
          .filter(({ served }) => served)
          .map(({ name, schema }) => [`${group}/${name} ${names.kind}`, ajv.compile(closed(schema.openAPIV3Schema, true))] as const),
      ),
  );
}

function textsIn(folder: string): readonly string[] {
  const files = readdirSync(folder).filter((name) => /crd.*\.ya?ml$/i.test(name));
  if (files.length === 0) throw new Error(`${folder} holds no definitions: give the folder install/cluster-operator of a Strimzi release.`);
  return files.map((name) => readFileSync(join(folder, name), "utf8"));
}

/** From the release, once. */
async function released(): Promise<string> {
  const file = `${cacheRoot}/strimzi-${STRIMZI_VERSION}/crds.yaml`;
  if (existsSync(file)) return readFileSync(file, "utf8");
  const answer = await fetch(SOURCE).catch((error: Error) => error);
  if (answer instanceof Error || !answer.ok)
    throw new Error(
      `${SOURCE} cannot be fetched (${answer instanceof Error ? answer.message : answer.status}); set STRIMZI_CRDS to a folder with the release's install/cluster-operator.`,
    );
  const text = await answer.text();
  mkdirSync(`${cacheRoot}/strimzi-${STRIMZI_VERSION}`, { recursive: true });
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
  return text;
}

/** A schema that takes only the keys it names, unless it says that others are kept. What every resource has is the API server's. */
function closed(schema: Schema, isOutermost = false): Schema {
  const made: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties")
      made[key] = Object.fromEntries(Object.entries(value as Record<string, Schema>).map(([name, each]) => [name, closed(each)]));
    else if (key === "items" || (key === "additionalProperties" && typeof value === "object")) made[key] = closed(value as Schema);
    else made[key] = value;
  }
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in schema;
  if (isOutermost) made["properties"] = { ...(made["properties"] as object), apiVersion: {}, kind: {}, metadata: { type: "object" } };
  return schema["properties"] && !isOpen ? { ...made, additionalProperties: false } : made;
}
