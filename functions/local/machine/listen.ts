import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { botAt, type PortOwner } from './port-owner.ts';

/** Nothing can listen there; the message says why. */
class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly forOperator = true;
  /** Somebody has the port; otherwise there is no such address, or no right to it. */
  readonly isTaken: boolean;
  /** Another bot of this program has the port. */
  readonly by: PortOwner | undefined;

  constructor(message: string, { isTaken, by }: { isTaken: boolean; by?: PortOwner }) {
    super(message);
    this.isTaken = isTaken;
    this.by = by;
  }
}

/** Where a server is reached. */
export interface Place {
  /** 0 for any that is free. */
  readonly port: number;
  /** Every loopback address without it. */
  readonly host?: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** `localhost` is either. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

/**
 * Servers at each address of a place, which share a port.
 * @throws PortInUseError
 */
export async function listen(answer: Answer, place: Place): Promise<[Server, ...Server[]]> {
  const [host, ...others] = place.host === undefined ? LOOPBACK : [place.host];
  const servers: [Server, ...Server[]] = [await listenAt(answer, place.port, host)];
  const { port } = servers[0].address() as AddressInfo;
  try {
    for (const other of others) servers.push(await listenAt(answer, port, other));
  } catch (error) {
    // `localhost` may then mean another program's; without IPv6, as in many a container, it is 127.0.0.1.
    if (error instanceof PortInUseError && error.isTaken && place.port !== 0) {
      servers[0].close();
      throw error;
    }
  }
  return servers;
}

/**
 * Tries a place before anything is begun that a port which is taken would end.
 * @throws PortInUseError
 */
export async function assertPortIsFree(place: Place): Promise<void> {
  if (place.port === 0) return;
  const servers = await listen((request) => request.destroy(), place);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
}

async function listenAt(answer: Answer, port: number, host: string): Promise<Server> {
  const server = createServer(answer);
  server.keepAliveTimeout = 65_000;
  // Each of the requests that come in one go waits for the end of their connection.
  server.on('connection', (socket) => socket.setMaxListeners(0));
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw portInUse(port, await botAt(port, host));
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
      throw new PortInUseError(
        `Nothing can listen at ${host}, port ${port}: ${message}. Correct LISTEN_ADDRESS or PORT`,
        { isTaken: false },
      );
    throw error;
  }
}

function portInUse(port: number, by: PortOwner | undefined): PortInUseError {
  const who =
    by === undefined
      ? 'another program'
      : `another bot (PID ${by.pid}, ${by.bot}, data folder ${by.dataFolder})`;
  const what = by === undefined ? 'that program' : 'that bot';
  return new PortInUseError(
    `Port ${port} is in use by ${who}: choose another one with --port, or stop ${what}`,
    { isTaken: true, ...(by && { by }) },
  );
}
