/** `allen_bradley` -> `Allen Bradley`, as the old system's users know it. */
export function displayName(value: string): string {
  return value
    .split(/[_\s]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}

/** `[PROCEDURE] Title` */
export function labelledTitle(type: string, title: string): string {
  return `[${type.toUpperCase()}] ${title}`;
}
