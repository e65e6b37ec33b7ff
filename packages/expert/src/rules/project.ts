import type { AvroSchema } from "../lint/avro-schema.ts";
import type { SettingsDocument } from "../lint/document.ts";
import type { Settings } from "../lint/settings.ts";
import type { TopicSend } from "../source/model/sent-records.ts";
import type { TopologyText } from "../lint/topology.ts";
import { isData } from "./broker-shape.ts";
import { isClient } from "./client-rules.ts";

/** Brokers that belong together: containers of one file, or files of one folder. */
export interface DescribedCluster {
  readonly place: string;
  /** Those that keep records. */
  readonly brokers: readonly Settings[];
}

/** All that was read in one run, as rules over several files see it. */
export class Project {
  readonly all: readonly Settings[];
  readonly topics: readonly Settings[];
  readonly clusters: readonly DescribedCluster[];

  /** How Streams applications describe themselves. */
  readonly topologies: readonly TopologyText[];

  /** Schemas of Avro, to be held against each other. */
  readonly schemas: readonly AvroSchema[];

  /** What programs write to topics that they name. */
  readonly sends: readonly TopicSend[];

  constructor(all: readonly Settings[], topologies: readonly TopologyText[], schemas: readonly AvroSchema[], sends: readonly TopicSend[]) {
    this.all = all;
    this.topologies = topologies;
    this.schemas = schemas;
    this.sends = sends;
    this.topics = all.filter((settings) => settings.isOf("topic"));
    this.clusters = clustersOf(all);
  }

  get producers(): readonly Settings[] {
    return this.all.filter(
      (settings) =>
        settings.isOf("producer") ||
        (settings.isOf("client") && ["acks", "transactional.id", "linger.ms"].some((key) => settings.has(key))),
    );
  }

  get consumers(): readonly Settings[] {
    return this.all.filter((settings) => settings.isOf("consumer") || (settings.isOf("client") && settings.has("group.id")));
  }

  get clients(): readonly Settings[] {
    return this.all.filter(isClient);
  }

  /** The cluster that a document is for, as far as the files tell: its own file's, the only one there is, or that of the nearest folder above. */
  clusterOf({ document }: Settings): DescribedCluster | undefined {
    const own = this.clusters.find(({ place }) => place === document.file || place === folderOf(document.file));
    if (own || this.clusters.length <= 1) return own ?? this.clusters[0];
    return this.clusters
      .filter(({ place }) => document.file.startsWith(`${folderOf(place)}/`) && folderOf(place) !== "")
      .toSorted((a, b) => b.place.length - a.place.length)[0];
  }

  /** Topics that are for the same cluster. */
  topicsOf(settings: Settings): readonly Settings[] {
    const cluster = this.clusterOf(settings);
    return this.topics.filter((topic) => this.clusters.length <= 1 || this.clusterOf(topic) === cluster);
  }
}

function clustersOf(all: readonly Settings[]): readonly DescribedCluster[] {
  const places = new Map<string, Settings[]>();
  for (const settings of all) {
    // A part, as a chart's, does not say how many nodes there will be.
    if (!settings.isOf("broker") || !isData(settings) || settings.document.isPartial) continue;
    const place = settings.document.part === undefined ? folderOf(settings.document.file) : settings.document.file;
    places.set(place, [...(places.get(place) ?? []), settings]);
  }
  return [...places].map(([place, brokers]) => ({ place, brokers }));
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
}

/** Whose settings they are: an image, else the folder of the file. */
export function ownerOf({ file, part, owner }: SettingsDocument): string {
  return owner ?? (part?.startsWith("services.") ? `${file} ${part}` : folderOf(file));
}
