import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const NAMESPACE = "node-builtin";

/**
 * Takes Node's own modules as `require` does. An `import` of one asks for everything that it exports, what is made on first use among it: `node:http`
 * brings all of undici for its WebSocket, `node:crypto` all of Web Crypto, which was a fifth of a start.
 */
export const plainBuiltins: Plugin = {
  name: "plain builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      isBuiltin(path) && kind === "import-statement" ? { path, namespace: NAMESPACE, sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: moduleOf(path), loader: "js" }));
  },
};

/** Whether an input of the bundle is a file, and not one of Node's modules. */
export function isSourceFile(input: string): boolean {
  return !input.startsWith(`${NAMESPACE}:`);
}

function moduleOf(path: string): string {
  const exported = process.getBuiltinModule(path) as object;
  const named = Object.entries(Object.getOwnPropertyDescriptors(exported)).filter(([name]) => IDENTIFIER.test(name) && name !== "default");
  const made = named.filter(([, { get }]) => get === undefined).map(([name]) => name);
  // Marked as pure, what nobody imports is left out.
  const onUse = named
    .filter(([, { get }]) => get !== undefined)
    .map(([name]) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`);
  return [
    `const builtin = process.getBuiltinModule(${JSON.stringify(path)});`,
    "export default builtin;",
    `export const { ${made.join(", ")} } = builtin;`,
    ...onUse,
  ].join("\n");
}
