// The package's entry point holds 62 languages (210 KB bundled); these are the two files of it that are needed.
declare module 'stopword/src/stopwords_eng.js' {
  export const eng: readonly string[];
}
declare module 'stopword/src/stopwords_deu.js' {
  export const deu: readonly string[];
}
// An import needs the lists of more languages.
declare module 'stopword' {
  type Words = readonly string[];
  export const dan: Words, deu: Words, eng: Words, fin: Words, fra: Words, hun: Words, ita: Words, nld: Words;
  export const nob: Words, por: Words, ron: Words, rus: Words, spa: Words, swe: Words, tur: Words;
}
