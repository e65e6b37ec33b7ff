import type { Mutant } from "./mutant.ts";

const serde = ["serdes/src/avro/avro-serde", "serdes/src/json/json-serde", "serdes/src/protobuf/protobuf-serde", "serdes/src/serde"];
const wire = ["serdes/src/wire", "serdes/src/protobuf", "serdes/src/serde"];
const client = ["serdes/src/registry-client"];
const rules = ["serdes/src/rules"];

/** Faults in the serdes and their registry's client: what is kept and for how long, what is asked again, what bytes mean, which rules hold where. */
export const serdesMutants: readonly Mutant[] = [
  {
    rule: "a schema that could not be loaded is asked for again",
    file: "packages/serdes/src/serde/schema-readers.ts",
    find: "      () => this.#loading.delete(id),\n",
    replace: "      () => {},\n",
    tests: serde,
  },
  {
    rule: "readers that are kept are bounded",
    file: "packages/serdes/src/serde/schema-readers.ts",
    find: "    if (this.#readers.size > READERS_MAX) this.#readers.delete(this.#readers.keys().next().value!);\n",
    replace: "",
    tests: serde,
  },
  {
    rule: "a registry that cannot be reached fails a prefetch",
    file: "packages/serdes/src/serde/schema-readers.ts",
    find: "          if (error instanceof RegistryClientError && !error.isNotFound) throw error;\n",
    replace: "          if (error instanceof RegistryClientError && error.isNotFound) return;\n",
    tests: serde,
  },
  {
    rule: "what the serde reads as is asked for again when the registry could not say it",
    file: "packages/serdes/src/serde/schema-readers.ts",
    find: "      this.#own = undefined;\n",
    replace: "",
    tests: serde,
  },
  {
    rule: "a topic whose schema could not be had is opened again",
    file: "packages/serdes/src/serde/schema-writers.ts",
    find: "        if (open.opening === opening) open.opening = undefined;\n",
    replace: "",
    tests: serde,
  },
  {
    rule: "a header of a key says nothing of the value",
    file: "packages/serdes/src/wire/wire-format.ts",
    find: "headers.findLast(({ key }) => key === guidHeaders[field])",
    replace: "headers.findLast(({ key }) => Object.values<string>(guidHeaders).includes(key) && field !== undefined)",
    tests: [...wire, ...serde],
  },
  {
    rule: "message indexes of two bytes are numbers",
    file: "packages/serdes/src/protobuf/message-indexes.ts",
    find: "    for (; left > 0x7f; left >>>= 7)",
    replace: "    for (; left > 0xff; left >>>= 7)",
    tests: wire,
  },
  {
    rule: "a deletion that may have been carried out is sent once",
    file: "packages/serdes/src/registry-client/registry-http.ts",
    find: 'call.method !== "DELETE" || isNobodyThere(found.cause)',
    replace: 'call.method !== "" || isNobodyThere(found.cause)',
    tests: client,
  },
  {
    rule: "a registration makes another version the latest",
    file: "packages/serdes/src/registry-client/caching-registry-client.ts",
    find: "      this.#forgetLatest(subject);\n",
    replace: "",
    tests: client,
  },
  {
    rule: "a subject that was deleted is registered again when it is asked for",
    file: "packages/serdes/src/registry-client/caching-registry-client.ts",
    find: "    this.#byText.clear();\n",
    replace: "",
    tests: client,
  },
  {
    rule: "a failure is told and not kept",
    file: "packages/serdes/src/registry-client/bounded-cache.ts",
    find: "      if (this.#values.get(key) === loading) this.#values.delete(key);\n",
    replace: "",
    tests: client,
  },
  {
    rule: "a data key is another one after an hour",
    file: "packages/serdes/src/encryption/data-keys.ts",
    find: " && this.#clock.monotonicMs() - current.madeAtMs < ROTATE_MS",
    replace: "",
    tests: ["serdes/src/encryption"],
  },
  {
    rule: "a sealed field opens in its own place alone",
    file: "packages/serdes/src/encryption/field-cipher.ts",
    find: "JSON.stringify([subject, String(schema), path])",
    replace: "JSON.stringify([subject, String(schema), path.length])",
    tests: rules,
  },
  {
    rule: "the way down goes through the versions backwards",
    file: "packages/serdes/src/rules/migration.ts",
    find: 'way === "UPGRADE" ? steps : steps.toReversed()',
    replace: 'way === "UPGRADE" ? steps : [...steps]',
    tests: rules,
  },
  {
    rule: "what a pattern costs is paid once for each value",
    file: "packages/serdes/src/rules/cel-meter.ts",
    find: "    this.#ready.clear();\n",
    replace: "",
    tests: rules,
  },
];
