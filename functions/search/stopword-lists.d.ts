// The package's entry point holds 62 languages (210 KB bundled); these are the two files of it that are needed.
declare module 'stopword/src/stopwords_eng.js' {
  export const eng: readonly string[];
}
declare module 'stopword/src/stopwords_deu.js' {
  export const deu: readonly string[];
}
