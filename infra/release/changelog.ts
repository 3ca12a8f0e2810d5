/** The changelog could not become a release's; the message says why and what to do. */
export class ChangelogError extends Error {
  override readonly name = 'ChangelogError';
}

const UNRELEASED = '## Unreleased';

/** The entries that were not released yet. @throws ChangelogError where nothing is written down */
export function unreleased(changelog: string): string {
  const entries = entriesOf(changelog, UNRELEASED.slice(3)) ?? '';
  if (entries !== '') return entries;
  throw new ChangelogError(
    `The changelog has nothing below "${UNRELEASED}": write down what this version changes for those who use it`,
  );
}

/**
 * The changelog in which what was not released yet is the section of a version.
 * @param date the release's, as `2026-11-29`
 */
export function released(changelog: string, version: string, date: string): string {
  return changelog.replace(UNRELEASED, () => `${UNRELEASED}\n\n## ${version} (${date})`);
}

/** The entries of one release. @throws ChangelogError where the version has no section */
export function notesOf(changelog: string, version: string): string {
  const entries = entriesOf(changelog, version);
  if (entries === undefined) throw new ChangelogError(`The changelog has no section of ${version}`);
  return entries;
}

function entriesOf(changelog: string, version: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  return section?.slice(section.indexOf('\n') + 1).trim();
}
