/** Members of `%doc` and the resource types behind them. */
export const DOC_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  patient: ['Patient'],
  encounters: ['Encounter'],
  conditions: ['Condition'],
  observations: ['Observation'],
  procedures: ['Procedure'],
  carePlans: ['CarePlan'],
  medicationRequests: ['MedicationRequest'],
  medicationAdministrations: ['MedicationAdministration'],
  medicationStatements: ['MedicationStatement'],
  allergies: ['AllergyIntolerance'],
  appointments: ['Appointment'],
  reports: ['DiagnosticReport'],
  immunizations: ['Immunization'],
  consents: ['Consent'],
  pregnancy: ['Condition', 'Observation'],
};

/** Members of `%event`; `id`, `type` and `at` are of the transition itself. */
export const EVENT_MEMBERS: Readonly<Record<string, string | undefined>> = {
  type: undefined,
  at: undefined,
  encounter: 'Encounter',
  procedures: 'Procedure',
  procedure: 'Procedure',
  observation: 'Observation',
  medicationAdministration: 'MedicationAdministration',
  medicationRequest: 'MedicationRequest',
  appointment: 'Appointment',
  patient: 'Patient',
  report: 'DiagnosticReport',
  condition: 'Condition',
  consent: 'Consent',
};

const UNBOUNDED = new Set([
  'observations',
  'reports',
  'procedures',
  'conditions',
  'medicationRequests',
  'medicationAdministrations',
  'medicationStatements',
]);

/** One use of `%doc.x` or `%event.x` in an expression. */
export interface Use {
  readonly variable: 'doc' | 'event';
  readonly member: string;
  /** False where a type without natural bound is read with neither code nor time. */
  readonly bounded: boolean;
}

/** Every use of `%doc` and `%event`, in order; text literals do not count. */
export function usesOf(expression: string): readonly Use[] {
  const code = expression.replaceAll(/'(?:[^'\\]|\\.)*'/g, (text) => `'${'_'.repeat(text.length - 2)}'`);
  return [...code.matchAll(/%(doc|event)\.([A-Za-z]\w*)/g)].map((match) => {
    const member = match[2] ?? '';
    const variable = match[1] === 'doc' ? 'doc' : 'event';
    const rest = code.slice(match.index + match[0].length);
    const bounded = variable === 'event' || !UNBOUNDED.has(member) || isNarrowed(rest);
    return { variable, member, bounded };
  });
}

function isNarrowed(rest: string): boolean {
  if (rest.startsWith('.concept(')) return true;
  if (!rest.startsWith('.where(')) return false;
  const argument = argumentOf(rest.slice('.where('.length));
  return /\bcode\b|\bconcept\(|effective|issued|performed|authoredOn|recordedDate|onset/.test(argument);
}

function argumentOf(text: string): string {
  let depth = 1;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++;
    if (text[index] === ')') depth--;
    if (depth === 0) return text.slice(0, index);
  }
  return text;
}
