import type { Command } from 'commander';
import { displayName } from '../../../bot/names.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { statsJson } from '../../import-report.ts';
import { liveKnowledge } from '../../knowledge-session.ts';
import { grouped } from '../../output.ts';
import { withStore } from '../../session.ts';

/** `bot kb stats` */
export function define(command: Command): void {
  defineCommand(command, {
    examples: [['--json', 'the same for a script']],
    run: stats,
  });
}

async function stats({ output, target }: Invocation<object>): Promise<number> {
  return withStore(await target(), async (session) => {
    const { stats, version, publishedAtMs } = await liveKnowledge(session, output);
    const list = (counts: typeof stats.byType): void => {
      for (const { value, count } of counts) output.line(`  • ${displayName(value)}: ${grouped(count)}`);
    };
    output.line('📊 Knowledge Base Stats');
    output.line();
    output.line(`Total Atoms: ${grouped(stats.total)}`);
    output.line();
    output.line('By Manufacturer:');
    list(stats.byManufacturer);
    output.line();
    output.line('By Type:');
    list(stats.byType);
    output.json({
      version,
      published_at: new Date(publishedAtMs).toISOString(),
      ...statsJson(stats),
    });
    return 0;
  });
}
