/**
 * What a finding means for those who rely on the cluster, the gravest first; findings are told in this order. `lost`: records are lost or cannot be read now. `refused`: writes are refused now. `soon`:
 * records are lost, or a disk is full, if nothing is done. `nextFailure`: the next failure of one machine loses records or stops writes. `stuck`: readers do not get on. `late`: readers fall behind.
 * `exposed`: somebody may do what he should not. `uneven`: work or data is spread so that some have too much. `untidy`: it will surprise somebody.
 */
export const HARMS = ["lost", "refused", "soon", "nextFailure", "stuck", "late", "exposed", "uneven", "untidy"] as const;

/** One of {@link HARMS}. */
export type Harm = (typeof HARMS)[number];

/** How grave it is: the smaller, the graver. */
export function harmRank(harm: Harm): number {
  return HARMS.indexOf(harm);
}
