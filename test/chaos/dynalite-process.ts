/** Dynalite in a process of its own, so that it can be killed. Arguments: folder of its files, port. */
import dynalite from 'dynalite';
import { serveDynalite } from '../../functions/local/store/serve-dynalite.ts';

const [path, port] = process.argv.slice(2);
if (path === undefined || port === undefined) throw new Error('Arguments: folder, port');
await serveDynalite(dynalite({ path, createTableMs: 0 }), { port: Number(port) });
