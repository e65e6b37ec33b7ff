import type { Mutant } from "./mutant.ts";

const compatibility = ["registry/src/compatibility", "registry/src/formats/avro"];
const access = ["registry/src/access", "registry/src/api/request-access"];
const settings = ["registry/src/subjects", "registry/src/api/registry-api", "registry/src/api/api-vectors"];
const service = ["registry/src/service"];
const judge = ["registry/src/off-loop"];
const doors = ["base/src/node/request-door", "registry/src/api/raw-requests"];

/** Faults in the registry's rules: what fits, who may, what is bounded, and what is taken in. */
export const registryRulesMutants: readonly Mutant[] = [
  {
    rule: "a level that is not transitive looks at the latest version alone",
    file: "packages/registry/src/compatibility/check-compatibility.ts",
    find: "existing.slice(isTransitive(level) ? 0 : -1)",
    replace: "existing.slice(0)",
    tests: compatibility,
  },
  {
    rule: "names that clash are let pass in what is stored",
    file: "packages/registry/src/formats/protobuf/protobuf-format.ts",
    find: "if (!isStored) placed(",
    replace: "placed(",
    tests: ["registry/src/formats/protobuf/protobuf-format"],
  },
  {
    rule: "behind ten versions that do not fit no others are compared",
    file: "packages/registry/src/compatibility/check-compatibility.ts",
    find: "    if (found.length >= MAX_INCOMPATIBLE_VERSIONS) break;\n",
    replace: "",
    tests: compatibility,
  },
  {
    rule: "a branch of a union is found by its alias",
    file: "packages/registry/src/formats/avro/avro-differences.ts",
    find: "    return [...(byName ?? []), ...(byAlias ?? [])];",
    replace: "    return byName ?? byAlias?.slice(0, 0) ?? [];",
    tests: compatibility,
  },
  {
    rule: "a rule for subjects of one context says nothing of another's",
    file: "packages/registry/src/access/access-rules.ts",
    find: "sought.context === found.context && found.subject",
    replace: "found.subject",
    tests: access,
  },
  {
    rule: "whose rights were taken back is known no more",
    file: "packages/base/src/node/passwords/password-logins.ts",
    find: "    this.#known.clear();\n",
    replace: "",
    tests: access,
  },
  {
    rule: "a login that was looked at while the list changed is looked at again",
    file: "packages/base/src/node/passwords/password-logins.ts",
    find: "    if (list === this.#list) this.#keep(key, user.granted);\n    return list === this.#list ? user.granted : this.check(name, password);",
    replace: "    this.#keep(key, user.granted);\n    return user.granted;",
    tests: access,
  },
  {
    rule: "as many passwords are compared at a time as the pool has room for",
    file: "packages/base/src/node/passwords/password-logins.ts",
    find: "      if (next === undefined) this.#comparing--;\n      else next();",
    replace: "      this.#comparing--;\n      next?.();",
    tests: access,
  },
  {
    rule: "a mode that is taken away inside a context leaves other contexts' alone",
    file: "packages/registry/src/subjects/registry-settings.ts",
    find: 'return subject !== "" && context === around.context ?',
    replace: 'return subject !== "" && context.length > 0 ?',
    tests: settings,
  },
  {
    rule: "rules of one list have names of their own",
    file: "packages/registry/src/api/rule-set.ts",
    find: "    names.add(name);\n",
    replace: "",
    tests: settings,
  },
  {
    rule: "a change whose turn came too late is not carried out",
    file: "packages/registry/src/service/turns.ts",
    find: "        if (isLate) return;\n",
    replace: "",
    tests: service,
  },
  {
    rule: "who waits for what he wrote is told when the registry fails",
    file: "packages/registry/src/service/registry.ts",
    find: "    for (const { reject } of this.#waiters.splice(0)) reject(error);\n",
    replace: "",
    tests: service,
  },
  {
    rule: "of large schemas so many wait, and further ones are sent away",
    file: "packages/registry/src/off-loop/schema-judge.ts",
    find: "this.#waiting.length >= MAX_WAITING",
    replace: "this.#waiting.length > MAX_WAITING * 10",
    tests: judge,
  },
  {
    rule: "a body that comes slowly gives way to one that comes whole",
    file: "packages/base/src/node/request-door.ts",
    find: "      if (this.#heldBytes <= this.#maxHeldBytes) return;\n",
    replace: "      if (this.#heldBytes <= 2 * this.#maxHeldBytes) return;\n",
    tests: doors,
  },
  {
    rule: "what is held of a body is given back with its answer",
    file: "packages/base/src/node/request-door.ts",
    find: '      response.once("close", letGo);\n',
    replace: "",
    tests: doors,
  },
];
