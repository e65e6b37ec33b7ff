import assert from "node:assert/strict";
import { test } from "node:test";
import { graphOfNodes, graphOfTopics, type ToldNode } from "./topology-graph.ts";

const node = (name: string, kind: ToldNode["kind"], more: Partial<ToldNode> = {}): ToldNode => ({
  name,
  kind,
  successors: [],
  topics: [],
  stores: [],
  ...more,
});

test("parts of a topology stand behind all that lead to them", () => {
  const { nodes, edges, left } = graphOfNodes([
    node("in", "source", { topics: ["words"], successors: ["split", "out"] }),
    node("split", "processor", { successors: ["count"] }),
    node("count", "processor", { successors: ["out"], stores: ["counts"] }),
    node("out", "sink", { topics: ["counted"] }),
  ]);
  assert.deepEqual(
    nodes.map(({ kind, label, layer }) => `${layer} ${kind} ${label}`),
    ["1 processor in", "0 topic words", "2 processor split", "3 processor count", "4 store counts", "4 processor out", "5 topic counted"],
  );
  assert.equal(edges.length, 7);
  assert.equal(left, 0);
});

test("of a group that tells topics alone there are what goes in, stores and what goes out; a topic may be both", () => {
  const { nodes } = graphOfTopics("0", ["a", "b"], ["s"], ["a"]);
  assert.deepEqual(
    nodes.map(({ id, layer }) => `${layer} ${id}`),
    ["1 p", "0 in a", "0 in b", "2 s s", "2 out a"],
  );
});

test("a topology that is a circle, and one that is huge, are drawn all the same", () => {
  const circle = graphOfNodes([node("a", "processor", { successors: ["b"] }), node("b", "processor", { successors: ["a"] })]);
  assert.equal(circle.nodes.length, 2);
  const huge = graphOfNodes(Array.from({ length: 20_000 }, (_, i) => node(`n${i}`, "processor", { successors: [`n${i + 1}`] })));
  assert.deepEqual([huge.nodes.length, huge.left, huge.nodes.at(-1)!.layer], [400, 19_600, 399]);
});
