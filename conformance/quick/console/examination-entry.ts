// The script of a process that examines a cluster, as `ottla`'s own script is in the product.
import { runExaminationProcess } from "@ottla/console/examination-process";

await runExaminationProcess();
