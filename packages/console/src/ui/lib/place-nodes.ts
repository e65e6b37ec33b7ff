/** A part of a topology where it is drawn. */
interface PlacedNode {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A topology as it is drawn, in pixels. */
export interface PlacedTopology {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly { readonly path: string }[];
}

interface Node {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly layer: number;
}

const [WIDTH, HEIGHT, BETWEEN, BELOW, EDGE] = [214, 42, 56, 16, 4];

/** Layers from the left; in each the parts stand by the middle of those that lead to them, so that few lines cross. */
export function placed(nodes: readonly Node[], edges: readonly (readonly [string, string])[]): PlacedTopology {
  const before = Map.groupBy(edges, ([, to]) => to);
  const rows = new Map<string, number>();
  const layers: Node[][] = [];
  for (const node of nodes) (layers[node.layer] ??= []).push(node);
  let most = 1;
  for (const [at, layer] of layers.entries()) {
    const middle = (id: string): number => {
      const sources = (before.get(id) ?? []).map(([from]) => rows.get(from) ?? 0);
      return sources.length === 0 ? 0 : sources.reduce((sum, row) => sum + row, 0) / sources.length;
    };
    const sorted = at === 0 ? (layer ?? []) : [...(layer ?? [])].sort((a, b) => middle(a.id) - middle(b.id));
    for (const [row, { id }] of sorted.entries()) rows.set(id, row);
    most = Math.max(most, sorted.length);
  }
  const heights = (count: number): number => count * (HEIGHT + BELOW) - BELOW;
  const tops = layers.map((layer) => (heights(most) - heights((layer ?? []).length)) / 2);
  const at = new Map<string, PlacedNode>();
  for (const { id, kind, label, layer } of nodes)
    at.set(id, {
      id,
      kind,
      label,
      x: EDGE + layer * (WIDTH + BETWEEN),
      y: EDGE + (tops[layer] ?? 0) + (rows.get(id) ?? 0) * (HEIGHT + BELOW),
      width: WIDTH,
      height: HEIGHT,
    });
  return {
    width: 2 * EDGE + layers.length * (WIDTH + BETWEEN) - BETWEEN,
    height: 2 * EDGE + heights(most),
    nodes: [...at.values()],
    edges: edges.flatMap(([from, to]) => {
      const [a, b] = [at.get(from), at.get(to)];
      return a === undefined || b === undefined ? [] : [{ path: curve(a, b) }];
    }),
  };
}

function curve(a: PlacedNode, b: PlacedNode): string {
  const [x1, y1, x2, y2] = [a.x + a.width, a.y + a.height / 2, b.x, b.y + b.height / 2];
  const bend = Math.max(20, (x2 - x1) / 2);
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
