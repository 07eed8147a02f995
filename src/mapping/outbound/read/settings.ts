import type { Problem } from '../../../core/problem.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import { checkShape } from '../../read/check-shape.ts';
import { readYaml } from '../../read/yaml.ts';
import { entriesOf, textAt, type Node } from '../../source/node.ts';
import type { OutboundSettings } from '../contract.ts';

/** Settings out of a `header:`; its shape has been checked. */
export function readSettings(node: Node | undefined): OutboundSettings {
  const found = Object.fromEntries(
    entriesOf(node).flatMap(({ key, value }): readonly (readonly [string, unknown])[] => {
      if (key === 'authorities') {
        return [[key, Object.fromEntries(entriesOf(value).map((one) => [one.key, textAt(one.value) ?? '']))]];
      }
      return [[key, textAt(value) ?? '']];
    }),
  );
  return found satisfies OutboundSettings;
}

/** Settings of a receiver as a YAML file gives them; faults of its shape with line and column. */
export function readSettingsFile(file: string, text: string): Result<OutboundSettings, readonly Problem[]> {
  const read = readYaml(file, text);
  if (!read.ok) return read;
  const faults = checkShape('outbound-settings', read.value);
  return faults.length > 0 ? err(faults) : ok(readSettings(read.value));
}
