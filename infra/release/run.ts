import { readFileSync, writeFileSync } from 'node:fs';
import { ChangelogError, notesOf, released, unreleased } from './changelog.ts';

/**
 * `npm version minor` runs it with `check` before it raises the version and with `section` before it commits. The
 * workflow of releases prints with `notes` what the release says.
 */
const CHANGELOG = '.github/CHANGELOG.md';

const [task, version = process.env['npm_package_version'] ?? ''] = process.argv.slice(2);
try {
  const changelog = readFileSync(CHANGELOG, 'utf8');
  if (task === 'check') unreleased(changelog);
  else if (task === 'section') {
    writeFileSync(CHANGELOG, released(changelog, version, new Date().toISOString().slice(0, 10)));
  } else if (task === 'notes') console.log(notesOf(changelog, version));
  else {
    console.error('❌ Say "check", or "section" or "notes" with the version');
    process.exitCode = 2;
  }
} catch (error) {
  if (!(error instanceof ChangelogError)) throw error;
  console.error(`❌ ${error.message}`);
  process.exitCode = 1;
}
