export interface Scenario {
  name: string;
  run: () => Promise<string | undefined>;
}
export const SCENARIOS: Scenario[] = [];
