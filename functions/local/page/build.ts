import { build } from 'esbuild';

/** The page's files, as they are served. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** Bundles a front end of this folder for browsers of the last two years. */
export async function buildPage(entryPoint: string): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    outdir: '/page',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const text = (ending: string): string => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: text('.js'), style: text('.css') };
}
