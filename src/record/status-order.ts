/** Later stages have higher numbers; `unknown` and statuses that are not named have 0. */
type StatusOrder = Readonly<Record<string, number>>;

const REQUEST: StatusOrder = {
  draft: 1,
  active: 2,
  'on-hold': 2,
  completed: 3,
  stopped: 4,
  revoked: 4,
  cancelled: 4,
  'entered-in-error': 5,
};

const DONE: StatusOrder = {
  preparation: 1,
  'in-progress': 2,
  'on-hold': 2,
  'not-done': 3,
  completed: 3,
  stopped: 3,
  'entered-in-error': 4,
};

const ORDERS: Readonly<Record<string, StatusOrder>> = {
  Appointment: {
    proposed: 1,
    pending: 2,
    waitlist: 2,
    booked: 3,
    'checked-in': 4,
    arrived: 5,
    fulfilled: 6,
    noshow: 6,
    cancelled: 6,
    'entered-in-error': 7,
  },
  DiagnosticReport: {
    registered: 1,
    partial: 2,
    preliminary: 3,
    final: 4,
    amended: 5,
    corrected: 5,
    appended: 5,
    cancelled: 6,
    'entered-in-error': 7,
  },
  Encounter: {
    planned: 1,
    arrived: 2,
    triaged: 3,
    'in-progress': 4,
    onleave: 4,
    finished: 5,
    cancelled: 6,
    'entered-in-error': 7,
  },
  ImagingStudy: { registered: 1, available: 2, cancelled: 3, 'entered-in-error': 4 },
  Immunization: DONE,
  MedicationAdministration: DONE,
  MedicationDispense: { ...DONE, declined: 3 },
  MedicationRequest: REQUEST,
  Observation: {
    registered: 1,
    preliminary: 2,
    final: 3,
    amended: 4,
    corrected: 4,
    cancelled: 5,
    'entered-in-error': 6,
  },
  Procedure: DONE,
  ServiceRequest: REQUEST,
};

/** Whether `next` is an earlier stage than `current`: what late news may never do (DESIGN section 3). */
export function movesBack(type: string, current: unknown, next: unknown): boolean {
  const order = ORDERS[type];
  if (order === undefined || typeof current !== 'string' || typeof next !== 'string') return false;
  return (order[next] ?? 0) < (order[current] ?? 0);
}
