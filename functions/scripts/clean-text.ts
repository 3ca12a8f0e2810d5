const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  deg: '°',
  micro: 'µ',
  plusmn: '±',
  ndash: '–',
  mdash: '—',
};

/**
 * Text without what cannot be spoken or could harm a renderer: HTML, control and invisible characters, emoji. Line
 * breaks and Markdown's block structure stay. Text beyond `maxCharacters` is not looked at.
 */
export function cleanText(text: string, maxCharacters: number): string {
  return (
    text
      .slice(0, maxCharacters)
      .normalize('NFC')
      .replace(/\r\n?|[\u2028\u2029\v\f]/g, '\n')
      // Bounded, since an unclosed element would make each of its openings search to the end.
      .replace(/<(script|style)\b[\s\S]{0,2000}?<\/\1\s*>/gi, ' ')
      .replace(/<!--[\s\S]{0,2000}?-->/g, ' ')
      .replace(/<\/?(?:br|p|div|li|ul|ol|tr|h[1-6])\b[^<>]{0,500}>/gi, '\n')
      .replace(/<\/?[a-z!][^<>]{0,500}>/gi, '')
      .replace(/&(#39|[a-z]{2,6});/gi, (entity, name: string) =>
        name === '#39' ? "'" : (ENTITIES[name.toLowerCase()] ?? entity),
      )
      .replace(
        /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u{20e3}\u{fe00}-\u{fe0f}]/gu,
        '',
      )
      .replace(/[^\S\n]/gu, ' ')
      .replace(/[^\P{C}\n]/gu, '')
      .replace(/[‘’‛′]/g, "'")
      .replace(/[“”„″]/g, '"')
  );
}

/** One line of a Markdown text without its inline marks: links keep their words, code and emphasis their content. */
export function plainInline(line: string): string {
  return (
    line
      .replace(/!\[[^[\]\n]{0,200}\]\([^()\s]{0,500}\)/g, '')
      .replace(/\[([^[\]\n]{1,200})\]\([^()\s]{1,500}\)/g, '$1')
      .replace(/`{1,3}([^`\n]{1,200})`{1,3}/g, '$1')
      .replace(/\*{1,3}(?=\S)([^*\n]{1,500}?)\*{1,3}/g, '$1')
      // Only around whole words: names such as MOTOR_START keep their underscores.
      .replace(/(?<![\w_])_{1,3}(?=[^\s_])([^_\n]{1,500}?)_{1,3}(?![\w_])/g, '$1')
      .replace(/~~([^~\n]{1,500})~~/g, '$1')
      .replace(/\\([\\`*_{}[\]()#+.!|-])/g, '$1')
      .replace(/\s+/g, ' ')
      .trim()
  );
}
