/** List prices in US dollars, without the free tier and without volume discounts. */
export const PRICES = {
  region: 'us-east-1',
  notedOn: '2026-11-29',
  sources: [
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    'https://aws.amazon.com/lambda/pricing/',
    'https://aws.amazon.com/api-gateway/pricing/',
    'https://aws.amazon.com/cloudwatch/pricing/',
  ],
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  /** HTTP API. */
  apiRequest: 1 / 1e6,
  logGb: 0.5,
  customMetricMonth: 0.3,
  alarmMonth: 0.1,
} as const;
