/** The one dimension of every custom metric: the stack's name, where there is one. */
export function serviceNameOf(env: NodeJS.ProcessEnv): string {
  return env['POWERTOOLS_SERVICE_NAME'] ?? 'agent-factory-bot';
}
