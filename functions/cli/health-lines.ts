import type { HealthAnswer } from './health-probe.ts';
import { bad, counted, good } from './output.ts';

/** The lines that tell a person of a health check. */
export function healthLines(url: string, health: HealthAnswer): string[] {
  if (!health.answered) {
    return [`Health endpoint: ${bad('❌ NOT RESPONDING')}`, `   URL: ${url} (${health.reason})`];
  }
  const { report } = health;
  const { uptime_seconds: uptime, knowledge_base: knowledge } = report;
  return [
    `Health endpoint: ${good('✅ RESPONDING')}`,
    `   URL: ${url}`,
    ...(report.pid === undefined ? [] : [`   PID: ${report.pid}`]),
    `   Bot: ${report.bot ?? 'nobody knows yet'}`,
    `   Status: ${report.status}`,
    `   Uptime: ${uptime} seconds (${(uptime / 60).toFixed(1)} minutes)`,
    `   Version: ${report.version}`,
    `   Knowledge base: ${knowledge === null ? 'none' : counted(knowledge.atoms, 'atom')}`,
    ...report.reasons.map((reason) => `   ⚠️  ${reason}`),
  ];
}
