import { type KStream, StreamsBuilder, serdes, tumbling } from "@ottla/streams";

/** A topology that is run beside Java's; Java's is in `conformance/java/streams/BenchShapes.java` under the same name. */
interface Shape {
  readonly title: string;
  /** Whether it reads `right` beside `left`. */
  readonly readsBoth: boolean;
  build(b: StreamsBuilder): void;
}

const texts = { key: serdes.string, value: serdes.string };
const OUT = "out";

function left(b: StreamsBuilder): KStream<string, string> {
  return b.stream("left", texts);
}

/** By their names on the command line. Text keys and values, stores in memory, no cache. */
export const shapes = {
  "filter-map": {
    title: "filter and map",
    readsBoth: false,
    build: (b) =>
      left(b)
        .filter((value) => value.length % 4 !== 0)
        .map((value, key) => [`${key}!`, `${value}!`], texts)
        .to(OUT),
  },
  count: {
    title: "count by key",
    readsBoth: false,
    build: (b) => left(b).groupByKey().count({ store: "counts" }).toStream().to(OUT),
  },
  tumbling: {
    title: "count by key and tumbling minute",
    readsBoth: false,
    build: (b) =>
      left(b)
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 60_000, graceMs: 5_000 }))
        .count({ store: "counts" })
        .toStream()
        .to(OUT),
  },
  "left-join": {
    title: "left join of streams within 5 s",
    readsBoth: true,
    build: (b) =>
      left(b)
        .leftJoin(b.stream("right", texts), (value, other) => `${value},${other}`, { beforeMs: 5_000, afterMs: 5_000, graceMs: 1_000 })
        .to(OUT, { value: serdes.string }),
  },
  "table-join": {
    title: "join of tables by key",
    readsBoth: true,
    build: (b) =>
      b
        .table("left", { ...texts, store: "left-table" })
        .join(b.table("right", { ...texts, store: "right-table" }), (value, other) => `${value},${other}`)
        .toStream()
        .to(OUT, { value: serdes.string }),
  },
  "stream-table-join": {
    title: "join of a stream with a table",
    readsBoth: true,
    build: (b) =>
      left(b)
        .join(b.table("right", { ...texts, store: "right-table" }), (value, other) => `${value},${other}`)
        .to(OUT, { value: serdes.string }),
  },
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof shapes;
export const shapeNames = Object.keys(shapes) as ShapeName[];

export function buildShape(name: ShapeName, persistentStores = false): ReturnType<StreamsBuilder["build"]> {
  const b = new StreamsBuilder();
  shapes[name].build(b);
  return b.build({ persistentStores });
}
