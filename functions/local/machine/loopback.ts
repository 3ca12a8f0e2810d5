import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** @param hostname as in a URL: an IPv6 address stands in brackets */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'))
  );
}

/**
 * Why a request to a server of this machine is refused, `undefined` where it is not. A browser here reaches loopback
 * for any web page: under the page's origin, or under a name of its own that resolves to 127.0.0.1.
 * @param options.names the Host may be anything where the server was opened to the network on purpose
 * @param options.ownPage the server has a page, whose own requests are welcome, and which a link may lead to
 */
export function refusedAsStranger(
  headers: IncomingHttpHeaders,
  options: { names?: 'loopback' | 'any'; ownPage?: boolean } = {},
): string | undefined {
  const { names = 'loopback', ownPage = false } = options;
  const { host, origin } = headers;
  const hostname = host?.replace(/:\d+$/, '').toLowerCase();
  if (names === 'loopback' && hostname !== undefined && !isLoopback(hostname))
    return 'the Host of a request must be localhost or a loopback address';
  if (origin !== undefined && !(ownPage && origin === `http://${host}`))
    return 'a web page may not ask this server';
  const site = headers['sec-fetch-site'] ?? 'none';
  const isLink = headers['sec-fetch-dest'] === 'document' && headers['sec-fetch-mode'] === 'navigate';
  if (site !== 'none' && !(ownPage && (site === 'same-origin' || isLink)))
    return 'a web page may not ask this server';
  return undefined;
}

/** Takes as long for any two texts, so that nobody finds a secret letter by letter. */
export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
