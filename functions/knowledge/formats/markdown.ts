import { basename } from 'node:path';
import { parse } from 'yaml';
import { namesField } from '../field-names.ts';
import { UnreadableSourceError } from '../import-error.ts';

type Fields = Record<string, unknown>;

/** A few aliases of aliases make gigabytes of a short file. */
export const MAX_ALIASES = 100;
const YAML = /^---[ \t]*\r?\n([\s\S]*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;
const TOML = /^\+\+\+[ \t]*\r?\n([\s\S]*?)\r?\n\+\+\+[ \t]*(?:\r?\n|$)/;
const HEADING = /^(?:#[ \t]+(\S.*)|(\S.*)\r?\n=+[ \t]*)(?:\r?\n|$)/;
const PROPERTY = /^(\p{L}[\p{L}\p{N} _-]{0,30}):[ \t]+(\S.*)$/u;

/** A Markdown file is an article: its front matter has the fields, its first heading or its name is the title. */
export function articleOf(file: string, text: string, nameOf: (file: string) => string): Fields {
  const yaml = YAML.exec(text);
  const toml = TOML.exec(text);
  const front = yaml === null ? tomlFields(toml?.[1] ?? '') : frontMatter(file, yaml[1]!);
  const body = text.slice((yaml ?? toml)?.[0].length ?? 0).trim();
  const heading = HEADING.exec(body);
  const under = heading === null ? '' : body.slice(heading[0].length).trimStart();
  const properties = propertiesIn(under);
  const fields = { ...properties?.fields, ...front };
  const isTitled = namesField('title', fields);
  const content = properties === undefined ? under : under.slice(properties.length).trimStart();
  return {
    ...(!isTitled && { title: heading?.[1] ?? heading?.[2] ?? nameOf(file) }),
    ...(!namesField('source_document', fields) && { source_document: basename(file) }),
    content: heading === null ? body : isTitled ? `${heading[0].trimEnd()}\n\n${content}` : content,
    ...fields,
  };
}

function frontMatter(file: string, text: string): Fields {
  try {
    const value: unknown = parse(text, { maxAliasCount: MAX_ALIASES, logLevel: 'error' });
    if (value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Fields;
  } catch (cause) {
    throw new UnreadableSourceError(
      { file, line: 1 },
      'the front matter between the --- lines is not valid YAML',
      { cause },
    );
  }
  throw new UnreadableSourceError({ file, line: 1 }, 'the front matter between the --- lines has no fields');
}

/** The front matter of Hugo, as far as its values are those of JSON or bare words. */
function tomlFields(text: string): Fields {
  const lines = text.matchAll(/^[ \t]*([\w-]+)[ \t]*=[ \t]*(.+?)[ \t]*$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, tomlValue(value)]));
}

function tomlValue(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^'(.*)'$/, (_, inner: string) => JSON.stringify(inner)));
  } catch {
    return text;
  }
}

/** Notion writes the properties of a page under its heading, a line each. */
function propertiesIn(text: string): { fields: Fields; length: number } | undefined {
  const [paragraph = ''] = text.split(/\r?\n[ \t]*\r?\n/, 1);
  const lines = paragraph.split(/\r?\n/).map((line) => PROPERTY.exec(line));
  if (lines.length === 0 || lines.some((line) => line === null)) return undefined;
  const fields = Object.fromEntries(lines.map((line) => [line![1]!, line![2]!]));
  const isAbout = (['keywords', 'created_at', 'manufacturer'] as const).some((field) =>
    namesField(field, fields),
  );
  return isAbout && !namesField('content', fields) ? { fields, length: paragraph.length } : undefined;
}
