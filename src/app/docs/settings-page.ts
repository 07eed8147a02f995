import { configSchema, type Plugins } from '../../config/schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** `docs/settings.md`: every setting of the configuration file, from the schema and the plug-ins. */
export function settingsPage(plugins: Plugins): string {
  const rows = rowsOf('', configSchema(plugins));
  return [
    '# Settings',
    '',
    'Every setting of the configuration file (`jingluo start --config FILE`). `${NAME}` in a text is replaced by the',
    'environment variable NAME. This page is generated from the schemas of the engine and its plug-ins: `npm run docs`.',
    '',
    '| setting | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...examples('Stores', plugins.stores),
    ...examples('Channels', plugins.listeners),
    ...examples('Destinations', plugins.destinations),
    ...examples('Senders', plugins.senders),
  ].join('\n');
}

function rowsOf(prefix: string, schema: Schema): readonly string[] {
  const properties = asSchema(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).flatMap(([name, value]) => {
    const part = asSchema(value);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if ('const' in part) return [];
    return [row(path, part, required.includes(name)), ...childrenOf(path, part)];
  });
}

function childrenOf(path: string, part: Schema): readonly string[] {
  const items = asSchema(part['items']);
  const extra = asSchema(part['additionalProperties']);
  const variants: readonly unknown[] = Array.isArray(part['oneOf']) ? part['oneOf'] : [];
  return [
    ...typedRows(path, part),
    ...('properties' in part ? rowsOf(path, withoutType(part)) : []),
    ...('properties' in items || 'allOf' in items
      ? [...typedRows(`${path}[]`, items), ...rowsOf(`${path}[]`, withoutType(items))]
      : []),
    ...('properties' in extra ? rowsOf(`${path}.<name>`, extra) : []),
    ...variants.flatMap((variant) => rowsOf(path, asSchema(variant))),
  ];
}

/** Settings that depend on `type`: one block for each plug-in. */
function typedRows(path: string, part: Schema): readonly string[] {
  const choices: readonly unknown[] = Array.isArray(part['allOf']) ? part['allOf'] : [];
  return choices.flatMap((choice) => {
    const then = asSchema(asSchema(choice)['then']);
    const type = asSchema(asSchema(then['properties'])['type'])['const'];
    return rowsOf(`${path} (type: ${String(type)})`, then);
  });
}

const withoutType = (part: Schema): Schema => ('allOf' in part ? { ...part, properties: {} } : part);

function row(path: string, part: Schema, required: boolean): string {
  const preset = required ? 'required' : 'default' in part ? `\`${JSON.stringify(part['default'])}\`` : '';
  const meaning = typeof part['description'] === 'string' ? part['description'].replaceAll('|', '\\|') : '';
  return `| \`${path}\` | ${typeOf(part)} | ${preset} | ${meaning} |`;
}

function typeOf(part: Schema): string {
  const values = part['enum'];
  if (Array.isArray(values)) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (part['type'] === 'array') return `list of ${typeOf(asSchema(part['items'])) || 'objects'}`;
  return typeof part['type'] === 'string' ? part['type'] : '';
}

function examples(title: string, plugins: Plugins['stores']): readonly string[] {
  const shown = plugins.flatMap(({ type, summary, examples: list }) => [
    `### ${type}`,
    '',
    summary,
    '',
    ...list.flatMap((example) => ['```json', JSON.stringify({ type, ...asSchema(example) }), '```', '']),
  ]);
  return shown.length === 0 ? [] : [`## ${title}`, '', ...shown];
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
