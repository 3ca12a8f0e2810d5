import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { BUNDLING } from '../../infra/bundling.ts';

/** The files that only a request for a script runs, and that are a tenth of the time that loading takes. */
const ONLY_FOR_SCRIPTS = /^functions\/scripts\/(compose-script|render-script|sentences|coverage)\.ts$/;

describe('the bundle of the webhook function', () => {
  it('runs nothing of video scripts before somebody asks for one', async () => {
    const entry = 'functions/webhook/handler.ts';
    const { metafile } = await build({
      ...BUNDLING,
      entryPoints: [entry],
      define: { BUILD_ID: '"test"' },
      minify: false,
      outdir: 'anywhere',
      write: false,
      metafile: true,
    });
    const files = Object.keys(metafile.inputs);
    const atOnce = new Set([entry]);
    for (const file of atOnce) {
      const imports = metafile.inputs[file]?.imports ?? [];
      for (const { path, kind } of imports) if (kind !== 'dynamic-import') atOnce.add(path);
    }
    expect(files.filter((file) => ONLY_FOR_SCRIPTS.test(file))).not.toEqual([]);
    expect([...atOnce].filter((file) => ONLY_FOR_SCRIPTS.test(file))).toEqual([]);
  });
});
