/**
 * Shares the partitions from 0 on evenly: each member keeps what it owns up to its share, and the others get what nobody owns. What an owner has to give up goes to nobody
 * before it has, and is shared out in the next generation. Source: KIP-429.
 */
export function assignCooperatively(owned: ReadonlyMap<string, readonly number[]>, partitions: number): Map<string, number[]> {
  const most = Math.ceil(partitions / owned.size);
  const least = Math.floor(partitions / owned.size);
  let mayHaveMost = partitions - least * owned.size || owned.size;
  const taken = new Set(Array.from(owned.values()).flat());
  const free = Array.from({ length: partitions }, (_, partition) => partition).filter((partition) => !taken.has(partition));
  const shares = new Map<string, number[]>();
  for (const [member, own] of owned) {
    const share = own.length >= most && mayHaveMost > 0 ? most : least;
    if (share === most) mayHaveMost--;
    shares.set(member, own.slice(0, share));
  }
  for (const goal of [least, most]) {
    for (const share of shares.values()) {
      if (share.length < goal && (goal === least || mayHaveMost-- > 0)) share.push(...free.splice(0, goal - share.length));
    }
  }
  return shares;
}
