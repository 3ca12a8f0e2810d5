/** Dynalite in a process of its own, so that it can be killed. Arguments: folder of its files, port. */
import dynalite from 'dynalite';

const [path, port] = process.argv.slice(2);
if (path === undefined || port === undefined) throw new Error('Arguments: folder, port');
dynalite({ path, createTableMs: 0 }).listen(Number(port), '127.0.0.1');
