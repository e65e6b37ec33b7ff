import type { Part } from "./part.ts";

/** The parts that can run on a thread of their own, by name. Each is loaded on its thread alone. */
const workerModules: Readonly<Record<string, () => Promise<{ readonly part: Part }>>> = {
  connect: () => import("./connect-part.ts"),
  console: () => import("./console-part.ts"),
  demo: () => import("../demo/demo-part.ts"),
  registry: () => import("./registry-part.ts"),
};

/** A name of {@link workerModules}, or the `file:` URL of a module that exports `part`. */
export async function loadPart(module: string): Promise<Part> {
  const load = workerModules[module] ?? (() => import(module) as Promise<{ readonly part: Part }>);
  return (await load()).part;
}
