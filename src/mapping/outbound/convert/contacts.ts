import { fieldsOf, orNothing, parts, textOf, textsOf, type Converter } from './converter.ts';

/** contact-point-system to HL7 table 0202. */
const EQUIPMENT: Readonly<Record<string, string>> = { phone: 'PH', fax: 'FX', pager: 'BP', other: 'MD', sms: 'CP' };
/** contact-point-use to HL7 table 0201; there is no code for what is old or temporary. */
const CONTACT_USES: Readonly<Record<string, string>> = { home: 'PRN', work: 'WPN', mobile: 'PRS' };

/** ContactPoint to XTN: the number as one text, an e-mail address in XTN-4. */
export const toXtn: Converter = {
  children: ['system', 'value', 'use', 'period'],
  write: ({ value: contact }, run) => {
    const { system, value, use, period } = fieldsOf(contact);
    const number = textOf(value);
    if (number === '') return undefined;
    const kind = textOf(system);
    const isMail = kind === 'email' || kind === 'url';
    const equipment = isMail ? 'Internet' : use === 'mobile' ? 'CP' : (EQUIPMENT[kind] ?? '');
    const { start, end } = fieldsOf(period);
    const time = (at: unknown): string => run.setting.receiver.time(textOf(at)) ?? '';
    return parts(
      ...[isMail ? '' : number, CONTACT_USES[textOf(use)] ?? '', equipment, isMail ? number : ''],
      ...['', '', '', '', '', '', '', '', time(start), time(end)],
    );
  },
};

/** ContactPoint to its value alone. */
export const contactText: Converter = {
  children: ['value', 'system'],
  write: ({ value }) => orNothing(textOf(fieldsOf(value)['value'])),
};

/** address-use to HL7 table 0190. */
const ADDRESS_USES: Readonly<Record<string, string>> = { home: 'H', work: 'O', temp: 'C', old: 'BA', billing: 'BI' };

/** Address to XAD; an address that is only a text stands in the place of the street. */
export const toXad: Converter = {
  children: ['use', 'type', 'text', 'line', 'city', 'district', 'state', 'postalCode', 'country', 'period'],
  write: ({ value }, run) => {
    const { use, type, text, line, city, district, state, postalCode, country, period } = fieldsOf(value);
    const [street = '', second = '', ...more] = textsOf(line);
    const [town, county, province] = [city, district, state].map(textOf);
    const hasParts = [street, town, county, province, textOf(postalCode)].some((part) => part !== '');
    const code = ADDRESS_USES[textOf(use)] ?? (type === 'postal' ? 'M' : '');
    const { start, end } = fieldsOf(period);
    const time = (at: unknown): string => run.setting.receiver.time(textOf(at)) ?? '';
    return parts(
      ...[hasParts ? street : textOf(text), second, town ?? '', province ?? '', textOf(postalCode), textOf(country)],
      ...[code, '', county ?? '', '', '', '', time(start), time(end), '', '', '', '', more.join(' ')],
    );
  },
};

/** Address to one line. */
export const addressText: Converter = {
  children: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
  write: ({ value }) => {
    const { text, line, city, state, postalCode, country } = fieldsOf(value);
    const rest = [...textsOf(line), ...[city, state, postalCode, country].map(textOf)].filter((part) => part !== '');
    return orNothing(textOf(text) || rest.join(', '));
  },
};
