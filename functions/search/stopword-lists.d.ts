// The package's entry point holds 62 languages (210 KB bundled); this is the one file of it that is needed.
declare module 'stopword/src/stopwords_eng.js' {
  export const eng: readonly string[];
}
