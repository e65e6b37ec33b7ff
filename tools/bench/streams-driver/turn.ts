/** What one turn of a driver's process cost and made. */
export interface Turn {
  /** Of the whole process, with the threads that collect garbage and compile. */
  readonly cpuSeconds: number;
  /** Of each topic, changelogs too: count of its records and their hash. */
  readonly produced: Readonly<Record<string, string>>;
}
