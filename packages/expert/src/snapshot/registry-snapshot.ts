/** A version of a subject that is not deleted. */
export interface SchemaVersionSnapshot {
  readonly version: number;
  /** The time of its record in the registry's topic, since 1970. */
  readonly registeredAtMs: number;
  /** The full name of the Avro record that it describes; undefined of other types, and where it was too large to look into. */
  readonly recordType?: string;
}

export interface SubjectSnapshot {
  readonly subject: string;
  /** Its compatibility in effect: `BACKWARD`, `FULL_TRANSITIVE`, `NONE`, … */
  readonly level: string;
  /** Whether the level is the subject's own, or that of the registry or the context. */
  readonly isOwnLevel: boolean;
  /** Fields of the newest version whose names or tags say that they tell of a person; absent where there are none. */
  readonly personalFields?: readonly string[];
  /** Ascending. */
  readonly versions: readonly SchemaVersionSnapshot[];
}

/** A registry by the topic in which it keeps its schemas. */
export interface RegistrySnapshot {
  readonly topic: string;
  /** Where the topic ended: while it ends there, nothing has changed. */
  readonly endOffset: number;
  /** What holds for subjects that say nothing. */
  readonly level: string;
  /** Sorted by name. */
  readonly subjects: readonly SubjectSnapshot[];
}
