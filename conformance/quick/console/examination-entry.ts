// The script of a thread that examines a cluster, as `ottla`'s own script is in the product.
import { runExaminationThread } from "@ottla/console/examination-thread";

await runExaminationThread();
