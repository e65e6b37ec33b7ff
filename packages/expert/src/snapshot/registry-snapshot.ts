/** A version of a subject that is not deleted. */
export interface SchemaVersionSnapshot {
  readonly version: number;
  /** The time of its record in the registry's topic, since 1970. */
  readonly registeredAtMs: number;
}

export interface SubjectSnapshot {
  readonly subject: string;
  /** Its compatibility in effect: `BACKWARD`, `FULL_TRANSITIVE`, `NONE`, … */
  readonly level: string;
  /** Whether the level is the subject's own, or that of the registry or the context. */
  readonly isOwnLevel: boolean;
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
