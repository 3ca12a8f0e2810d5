import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Assets } from './build.ts';

/**
 * The packed command has the page beside it, built; a checkout builds it at each start.
 * @throws Error when it cannot be built
 */
export async function pageAssets(): Promise<Assets> {
  const built = new URL('./page/', import.meta.url);
  if (existsSync(new URL('main.js', built))) {
    const read = (name: string): string => readFileSync(new URL(name, built), 'utf8');
    return { script: read('main.js'), style: read('main.css') };
  }
  const { buildPage } = await import('./build.ts');
  return buildPage(fileURLToPath(new URL('./app/main.tsx', import.meta.url)));
}

/** A tag that changes with the content. */
export const entityTag = (content: string): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 16)}"`;
