/** A bot and a user for these tests. */
export const TOKEN = '7000000001:local-test-token';
export const profile = { id: 7_000_000_001, username: 'agent_factory_test_bot', first_name: 'Agent Factory' };
export const ada = { id: 501, first_name: 'Ada', username: 'ada', language_code: 'en' };
export const bob = { id: 502, first_name: 'Bob' };
