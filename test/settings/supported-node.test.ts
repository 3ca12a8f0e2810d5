import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  isSupportedNode,
  NODE_20_UNTIL,
  SUPPORTED_NODE,
  unsupportedNode,
} from '../../functions/settings/supported-node.ts';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the versions of Node.js', () => {
  it('that run it are those that need nothing else than the dependencies', () => {
    const supported = ['20.19.0', '20.20.2', '22.12.0', '22.20.1', '23.0.0', '24.1.0', '25.9.0'];
    const unsupported = ['18.20.8', '20.18.3', '21.7.3', '22.0.0', '22.11.0'];
    expect(supported.filter((version) => !isSupportedNode(version))).toEqual([]);
    expect(unsupported.filter(isSupportedNode)).toEqual([]);
    expect(isSupportedNode(process.versions.node)).toBe(true);
    expect(unsupportedNode('21.7.3')).toContain(`takes ${SUPPORTED_NODE}: install Node.js 22.12`);
  });

  it('are the same in package.json, the documents and CI, and README.md says when 20 goes', () => {
    const { engines } = JSON.parse(file('package.json')) as { engines: { node: string } };
    expect(engines.node).toBe(SUPPORTED_NODE);
    expect(file('README.md').replace(/\s+/g, ' ')).toContain(
      `Node \`${SUPPORTED_NODE}\`; 20 goes in ${NODE_20_UNTIL}`,
    );
    expect(file('.github/CONTRIBUTING.md').replace(/\s+/g, ' ')).toContain(`Node \`${SUPPORTED_NODE}\`;`);
    const [, matrix = ''] = /node: \[(.*)\]/.exec(file('.github/workflows/ci.yml')) ?? [];
    const tried = matrix.split(',').map((version) => version.replace(/[' ]/g, ''));
    for (const version of ['20.19', '22.12', file('.nvmrc').trim()]) expect(tried).toContain(version);
    for (const version of tried)
      expect(isSupportedNode(version.includes('.') ? version : `${version}.0`)).toBe(true);
  });
});
