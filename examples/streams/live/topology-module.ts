/** What an application's threads load: the topology of the example that `data` names. */
import type { Topology } from "@ottla/streams";
import { putAside } from "../bad-input.ts";
import { examples } from "./examples.ts";

export const onError = putAside;

export default function topologyOf(name: unknown): Topology {
  const example = examples[String(name)];
  if (example === undefined) throw new Error(`There is no example ${String(name)}.`);
  return example.topology();
}
