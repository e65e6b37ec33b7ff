/** What is taken of the package pg, which brings no types. */
declare module "pg" {
  export class Pool {
    constructor(options: {
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly database: string;
      readonly max: number;
    });
    on(event: "error", listener: (error: Error) => void): void;
    query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>;
    end(): Promise<void>;
  }
  const module: { readonly Pool: typeof Pool };
  export default module;
}
