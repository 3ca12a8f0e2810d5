import { BlockList, isIP } from 'node:net';

/** Loopback, private and link-local: https://www.rfc-editor.org/rfc/rfc6890 */
const OWN = new BlockList();
for (const [address, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  OWN.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  OWN.addSubnet(address, prefix, 'ipv6');

/** Names that no public DNS answers: of one word, as Docker gives them, and below domains that are kept for this. */
const OWN_NAME = /^[^.]+$|\.(?:localhost|local|internal|home\.arpa|test)$/i;

/** @param hostname as a URL has it, an IPv6 address in brackets */
export function isOwnNetwork(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  if (family === 0) return OWN_NAME.test(host);
  return OWN.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
