/** `productFamily`, `Product Family` and `schema:product-family` are one name: `product_family`. */
export function plainName(name: string): string {
  return name
    .normalize('NFC')
    .replace(/^\s*[\p{L}\d]+:(?=\p{L})/u, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
}
