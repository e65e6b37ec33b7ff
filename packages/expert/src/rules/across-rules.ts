import { acrossCopies } from "./across-copies.ts";
import { acrossGroups } from "./across-groups.ts";
import { acrossListeners } from "./across-listeners.ts";
import { acrossNetwork } from "./across-network.ts";
import { acrossReaders } from "./across-readers.ts";
import { acrossRecords } from "./across-records.ts";
import { acrossSchemas } from "./across-schemas.ts";
import { acrossStreams } from "./across-streams.ts";
import type { AcrossRule } from "./across-rule.ts";
import { acrossSizes } from "./across-sizes.ts";

/** Every rule over all that was read in one run. */
export const acrossRules: readonly AcrossRule[] = [
  ...acrossSizes,
  ...acrossCopies,
  ...acrossGroups,
  ...acrossNetwork,
  ...acrossStreams,
  ...acrossReaders,
  ...acrossSchemas,
  ...acrossRecords,
  ...acrossListeners,
];
