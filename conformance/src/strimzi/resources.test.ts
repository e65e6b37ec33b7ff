// npm run test:strimzi: the resources that `ottla design` writes, held against the definitions of a Strimzi release.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import type { ValidateFunction } from "ajv";
import { designSystem, domainOf, outputFiles } from "@ottla/expert/design";
import { parseAllDocuments } from "yaml";
import { repositoryRoot } from "../paths.ts";
import { resourceValidators } from "./custom-resources.ts";

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const examples = join(repositoryRoot, "examples", "expert");
let validators: ReadonlyMap<string, ValidateFunction>;

before(async () => {
  validators = await resourceValidators(process.env["STRIMZI_CRDS"]);
});

function problemsOf(resource: Resource): readonly string[] {
  const validate = validators.get(`${resource.apiVersion} ${resource.kind}`);
  if (!validate) return [`${resource.apiVersion} ${resource.kind} is not defined`];
  validate(resource);
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

for (const name of readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name))
  test(`the resources of ${name} are taken as they are`, (t) => {
    const system = designSystem(domainOf(readFileSync(join(examples, name, "design.yaml"), "utf8"), name));
    const resources = outputFiles(system)
      .filter(({ path }) => /\.ya?ml$/.test(path))
      .flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as Resource))
      .filter((resource) => resource?.apiVersion?.startsWith("kafka.strimzi.io/"));
    assert.ok(resources.length > 0);
    for (const resource of resources) assert.deepEqual(problemsOf(resource), [], `${resource.kind} ${resource.metadata.name}`);
    t.diagnostic(`${resources.length} resources`);
  });

test("what the definitions refuse is refused here", () => {
  const topic = (spec: object): Resource & { spec: object } => ({
    apiVersion: "kafka.strimzi.io/v1",
    kind: "KafkaTopic",
    metadata: { name: "orders" },
    spec,
  });
  assert.deepEqual(problemsOf(topic({ partitions: 3, replicas: 3 })), []);
  assert.match(problemsOf(topic({ partitons: 3 })).join(), /must NOT have additional properties.*partitons/);
  assert.match(problemsOf(topic({ partitions: 0 })).join(), /must be >= 1/);
  assert.match(problemsOf({ ...topic({}), apiVersion: "kafka.strimzi.io/v1beta1" }).join(), /is not defined/);
});
