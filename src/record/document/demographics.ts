import { isObject, listOf } from '../../fhir/json.ts';
import { pinyinKeys } from '../../fhir/fold.ts';
import type { GoldenEntry, GoldenFrom } from '../../identity/golden.ts';
import { normalisePhone } from '../../identity/phone.ts';
import { nameText, type Member } from '../identify/claims.ts';
import type { GoldenValues } from '../identify/golden-patient.ts';
import { codingOf, compactObject, dayOf, instant, labelOf, text } from './fact.ts';
import type { Sealable } from './sealable.ts';

/** A golden value of the document and where it comes from. */
interface Shown {
  readonly parts: Readonly<Record<string, unknown>>;
  readonly from: Readonly<Record<string, GoldenFrom | undefined>>;
}

const MARITAL: Readonly<Record<string, string>> = {
  M: 'married',
  S: 'never-married',
  D: 'divorced',
  W: 'widowed',
  L: 'separated',
  P: 'polygamous',
  T: 'domestic-partner',
  UNK: 'unknown',
};
const ETHNIC = /ethnic|nationality|minzu/i;

/** Name, sex, birth, death, marital state, people, numbers, phones and address: the golden values of a person. */
export function demographics(members: readonly Member[], golden: GoldenValues, zone: string): Shown {
  const { single, lists } = golden;
  const value = (name: string): unknown => single.get(name)?.value;
  const telecom = lists.get('telecom') ?? [];
  const phones = phonesOf(telecom);
  const address = lists.get('address')?.[0];
  return {
    parts: compactObject({
      ...namesOf(members, value('name')),
      sex: text(value('gender')),
      ...birthOf(text(value('birthDate'))),
      deceased: deceasedOf(golden, members, zone),
      marital: maritalOf(value('maritalStatus')),
      ethnic: ethnicOf(lists.get('extension') ?? []),
      insurance: insuranceOf(lists.get('identifier') ?? []),
      idNumber: idNumberOf(members),
      phones: phones.map(({ shown }) => shown),
      emails: emailsOf(telecom),
      address: addressOf(address?.value),
    }),
    from: {
      ...Object.fromEntries(Object.entries(FROM).map(([part, name]) => [part, single.get(name)?.from] as const)),
      deceased: deathOf(golden)?.from,
      address: address?.from,
      ...Object.fromEntries(phones.map(({ from }, index) => [`phones.${index}`, from] as const)),
    },
  };
}

/** Parts of the document that one element of the Patient makes. */
const FROM = { name: 'name', sex: 'gender', birthDate: 'birthDate', marital: 'maritalStatus' } as const;

function birthOf(birthDate: string | undefined): Readonly<Record<string, unknown>> {
  return birthDate === undefined ? {} : { birthDate, birthPrecision: PRECISION[birthDate.length] };
}

/** A valid resident ID number before any other number of a person. */
function idNumberOf(members: readonly Member[]): unknown {
  const all = members.flatMap(({ record }) => record.copy.ids);
  const id = all.find((one) => one.type === '01' && one.valid) ?? all[0];
  return id === undefined ? undefined : { v: id.value, type: id.type, valid: id.valid };
}

const deathOf = ({ single }: GoldenValues) => single.get('deceasedDateTime') ?? single.get('deceasedBoolean');

const PRECISION: Readonly<Record<number, string>> = { 4: 'year', 7: 'month', 10: 'day' };

function namesOf(members: readonly Member[], golden: unknown): Readonly<Record<string, unknown>> {
  const name = nameText(golden);
  const entries = members.flatMap(({ record }) => listOf(record.patient['name']));
  const all = entries.flatMap((entry) => {
    const v = nameText([entry]);
    return v === undefined ? [] : [compactObject({ v, use: isObject(entry) ? text(entry['use']) : undefined })];
  });
  const names = all.filter((one, index) => all.findIndex(({ v }) => v === one.v) === index).slice(0, 10);
  const pinyin = [...new Set(names.flatMap(({ v }) => pinyinKeys(v, 'surname')))].slice(0, 10);
  return { ...(name === undefined ? {} : { name }), names, pinyin };
}

function deceasedOf(golden: GoldenValues, members: readonly Member[], zone: string): unknown {
  const at = golden.single.get('deceasedDateTime');
  const known = deathOf(golden);
  if (known === undefined || known.value === false) return null;
  const source = members.find(({ record }) => record.id === known.from.rec)?.record.source ?? '';
  const when = at === undefined ? {} : { at: instant(at.value) ?? text(at.value) };
  return { ...when, p: [[source, `Patient/${known.from.rec}`, dayOf(known.from.at, zone)]] };
}

function maritalOf(concept: unknown): string | undefined {
  const { code } = codingOf(concept);
  return (code === undefined ? undefined : MARITAL[code]) ?? labelOf(concept);
}

function ethnicOf(extensions: readonly GoldenEntry[]): string | undefined {
  const found = extensions.map(({ value }) => value).find((one) => isObject(one) && ETHNIC.test(String(one['url'])));
  if (!isObject(found)) return undefined;
  const coding = found['valueCoding'];
  return (
    labelOf(found['valueCodeableConcept'] ?? (coding === undefined ? undefined : { coding: [coding] })) ??
    text(found['valueString'])
  );
}

const INSURANCE: ReadonlySet<string> = new Set(['MI', 'MC', 'MCD', 'SS', 'YB', '医保', '医保号', '社保', '社保卡']);

function insuranceOf(identifiers: readonly GoldenEntry[]): unknown {
  for (const { value } of identifiers) {
    if (!isObject(value)) continue;
    const kind = codingOf(value['type']).code ?? labelOf(value['type']) ?? '';
    const no = text(value['value']);
    if (INSURANCE.has(kind) && no !== undefined) return { type: labelOf(value['type']) ?? kind, no: { v: no } };
  }
  return undefined;
}

interface Phone {
  readonly shown: Sealable & { readonly use?: string; readonly owner: 'self'; readonly state: 'ok' };
  readonly from: GoldenFrom;
}

function phonesOf(telecom: readonly GoldenEntry[]): readonly Phone[] {
  const all = telecom.flatMap(({ value, from }): readonly Phone[] => {
    if (!isObject(value) || !['phone', 'sms', undefined].includes(text(value['system']))) return [];
    const v = normalisePhone(value['value']);
    if (v === undefined) return [];
    const use = text(value['use']);
    return [{ shown: { v, ...(use === undefined ? {} : { use }), owner: 'self', state: 'ok' }, from }];
  });
  return all.filter((one, index) => all.findIndex(({ shown }) => shown.v === one.shown.v) === index).slice(0, 10);
}

function emailsOf(telecom: readonly GoldenEntry[]): readonly Sealable[] {
  const all = telecom.flatMap(({ value }) =>
    isObject(value) && value['system'] === 'email' ? (text(value['value']) ?? []) : [],
  );
  return [...new Set(all)].slice(0, 5).map((v) => ({ v }));
}

function addressOf(address: unknown): unknown {
  if (!isObject(address)) return undefined;
  const { state, city, district, line, postalCode } = address;
  const street = listOf(line)
    .map(text)
    .filter((part) => part !== undefined)
    .join(' ');
  const whole = street === '' ? text(address['text']) : street;
  const place = [state, city, district].map(text).filter((part) => part !== undefined);
  return compactObject({
    region: text(postalCode),
    city: place.length === 0 ? undefined : place.join(''),
    line: whole === undefined ? undefined : { v: whole },
  });
}
