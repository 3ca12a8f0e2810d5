/** The commands that everybody can use, in the order of the menu. */
export const PUBLIC_COMMANDS = [
  'kb_search',
  'kb_get',
  'kb_stats',
  'generate_script',
  'scripts',
  'status',
  'language',
  'privacy',
  'forgetme',
  'help',
  'start',
] as const;

/** Shown to administrators alone, and refused to everybody else as if they did not exist. */
export const ADMIN_COMMANDS = ['kb_upload', 'kb_reindex', 'kb_gaps'] as const;

export type CommandName = (typeof PUBLIC_COMMANDS)[number] | (typeof ADMIN_COMMANDS)[number];
