import { fileURLToPath } from "node:url";

/** The checkout's root folder. */
export const repositoryRoot: string = fileURLToPath(new URL("../../", import.meta.url));

/** Downloads and builds that may be thrown away at any time; ignored by git. */
export const cacheRoot: string = `${repositoryRoot}.cache`;

/** The pinned Node that runs every part of Ottla. */
export const nodeBinary: string = process.execPath;
