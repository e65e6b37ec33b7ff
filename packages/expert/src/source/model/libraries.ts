import { goLibraries } from "./go-libraries.ts";
import { jvmLibraries } from "./jvm-libraries.ts";
import type { Library } from "./library.ts";
import { pythonLibraries } from "./python-libraries.ts";
import { typescriptLibraries } from "./typescript-libraries.ts";

/** Every client library that is known. */
export const libraries: readonly Library[] = [...typescriptLibraries, ...jvmLibraries, ...pythonLibraries, ...goLibraries];
