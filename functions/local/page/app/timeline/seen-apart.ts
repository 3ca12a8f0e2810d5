/**
 * Leaves out what would be drawn over another one: of those with the same place the first remains, and all without a
 * place. A picture has so many nodes then as it has pixels, however much happens in a second.
 */
export function seenApart<T>(items: readonly T[], placeOf: (item: T) => string | undefined): T[] {
  const taken = new Set<string>();
  return items.filter((item) => {
    const place = placeOf(item);
    if (place === undefined) return true;
    const isFree = !taken.has(place);
    taken.add(place);
    return isFree;
  });
}
