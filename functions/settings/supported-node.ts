/** As `engines` in package.json has it: what the dependencies need, and no other. */
export const SUPPORTED_NODE = '^20.19 || >=22.12';

/** Node.js 20 has had no fixes since April 2026; the AWS SDK leaves it with this date, and so does this program. */
export const NODE_20_UNTIL = 'January 2027';

/** @param version e.g. `22.12.0` */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  return major > 22 || (major === 22 && minor >= 12);
}

/** The error for a start with another version. */
export function unsupportedNode(version: string): string {
  return `Node.js ${version} cannot run this program, which takes ${SUPPORTED_NODE}: install Node.js 22.12 or later (https://nodejs.org)`;
}
