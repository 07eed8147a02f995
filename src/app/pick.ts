import { JingluoError, problem } from '../core/problem.ts';
import { didYouMean } from '../core/nearest.ts';

/** The plug-in of a type; the configuration is checked, so a miss is a fault of ours. */
export function pick<P extends { readonly type: string }>(plugins: readonly P[], type: string): P {
  const found = plugins.find((plugin) => plugin.type === type);
  if (found !== undefined) return found;
  const names = plugins.map((plugin) => plugin.type);
  throw new JingluoError(problem('config.unknown-type', `There is no type "${type}"${didYouMean(type, names)}.`));
}
