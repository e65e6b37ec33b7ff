import type { TopologyBuilder } from "../topology/topology-builder.ts";

/** A step of the logical plan: what a verb of the DSL added. Writes itself to a topology when all that it follows has been written. */
export abstract class GraphNode {
  readonly name: string;
  readonly parents = new Set<GraphNode>();
  readonly children = new Set<GraphNode>();
  /** The order of being added, in which nodes are written where the links leave a choice. */
  priority = 0;
  /** Records may have another key after it. */
  changesKey = false;
  /** Records may have another value after it, whose serde is not that of before. */
  changesValue = false;
  isMerge = false;
  /** A left or outer join that takes null keys too. */
  takesNullKeys = false;
  /** Whether the table it makes is versioned; undefined: as its parents are. */
  isVersioned: boolean | undefined;
  /** Called with each node right above whose table is versioned, before anything is written. */
  onVersionedParent: ((parent: string) => void) | undefined;
  /** Of windowed aggregates: how long after a window's end its result may change. */
  graceMs: number | undefined;
  isWritten = false;

  constructor(name: string) {
    this.name = name;
  }

  get parentNames(): string[] {
    return [...this.parents].map(({ name }) => name);
  }

  addChild(child: GraphNode): void {
    this.children.add(child);
    child.parents.add(this);
  }

  removeChild(child: GraphNode): void {
    this.children.delete(child);
    child.parents.delete(this);
  }

  abstract write(topology: TopologyBuilder): void;
}

/** What all others follow. */
export class RootNode extends GraphNode {
  constructor() {
    super("root");
  }

  override write(): void {}
}
