import { without } from './without.ts';

/**
 * A result `>6.0` is a bound, not a number. A rule is decided by it only where every value within the bound gives the
 * same answer; so the rule is run with sample values: the bound itself, far away, and around every number that stands
 * in the rule.
 */
export function comparatorSamples(event: unknown, text: string): readonly unknown[] | undefined {
  if (!isRecord(event)) return undefined;
  const observation = event['observation'];
  if (!isRecord(observation) || !isRecord(observation['valueQuantity'])) return undefined;
  const quantity = observation['valueQuantity'];
  const { comparator, value } = quantity;
  if (typeof comparator !== 'string' || typeof value !== 'number') return undefined;
  return sampleValues(value, comparator, text).map((sample) => {
    const rest = without(quantity, 'comparator');
    return { ...event, observation: { ...observation, valueQuantity: { ...rest, value: sample } } };
  });
}

function sampleValues(bound: number, comparator: string, text: string): readonly number[] {
  const upward = comparator.startsWith('>');
  const tiny = Math.max(Math.abs(bound), 1) * 1e-6;
  const numbers = [...text.replaceAll(/'[^']*'/g, '').matchAll(/\d+(?:\.\d+)?/g)].map((match) => Number(match[0]));
  const factors = [1.1, 1.5, 2, 5, 10, 100, 1e6];
  const spread = factors.map((factor) => (upward ? bound * factor : bound / factor));
  const around = numbers.flatMap((number) => [number - tiny, number, number + tiny]);
  const inside = [...spread, ...around].filter((number) => (upward ? number > bound : number < bound && number >= 0));
  const edge = comparator.endsWith('=') ? bound : upward ? bound + tiny : bound - tiny;
  return [edge, ...inside];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
