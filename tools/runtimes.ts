import { join } from "node:path";

/** A program that runs JavaScript, as npm has it. */
export interface Runtime {
  readonly name: string;
  /** `npm:` specifier of the package with the program for this machine, and the name it is installed under. */
  readonly alias: string;
  readonly specifier: string;
  /** The program inside that package, and what goes before the file. */
  readonly program: string;
  readonly words: readonly string[];
}

const node = (version: string): Runtime => ({
  name: `Node ${version}`,
  alias: `node-${version}`,
  specifier: `npm:node-${process.platform}-${process.arch}@${version}`,
  program: join("bin", "node"),
  words: [],
});

const BUN = "1.4.5";
const DENO = "2.9.6";
const denoPlatform = process.platform === "linux" ? `linux-${process.arch}-glibc` : `${process.platform}-${process.arch}`;

/** The oldest Node that the client runs on, the long-term ones and the newest; Bun and Deno. */
export const runtimes: readonly Runtime[] = [
  node("22.15.0"),
  node("22.23.3"),
  node("24.21.0"),
  node("26.10.0"),
  {
    name: `Bun ${BUN}`,
    alias: "bun-program",
    specifier: `npm:@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}@${BUN}`,
    program: join("bin", "bun"),
    words: ["run"],
  },
  {
    name: `Deno ${DENO}`,
    alias: "deno-program",
    specifier: `npm:@deno/${denoPlatform}@${DENO}`,
    program: "deno",
    words: ["run", "--allow-net", "--allow-read", "--allow-env", "--allow-sys", "--allow-ffi"],
  },
];
