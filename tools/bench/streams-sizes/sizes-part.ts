/** What a part has, and whom it tells its figures. */
export interface SizesOptions {
  readonly bootstrap: string;
  /** In the largest store. */
  readonly keys: number;
  readonly tell: (what: string, figure: string) => void;
}

export type SizesPart = (options: SizesOptions) => Promise<void>;
