import type { Channel } from './plan.ts';

/** A member of staff and how to reach them. */
export interface StaffMember {
  /** Number of the person in the hospital, as HL7 XCN-1 carries it. */
  readonly id: string;
  readonly name: string;
  readonly addresses: Readonly<Partial<Record<Channel, string>>>;
}

/** Who is who: roles of the hospital and, where they differ, of a department. */
export interface Directory {
  readonly staff: ReadonlyMap<string, StaffMember>;
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly departments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What is known about whose patient it is. */
export interface StaffContext {
  /** Staff numbers of the attending doctors, best first. */
  readonly attending: readonly string[];
  readonly department?: string;
}

/** The people behind an addressee, best first; empty where nobody is known. */
export function staffFor(directory: Directory, to: string, context: StaffContext): readonly StaffMember[] {
  const ids = to === 'attending' || to === 'ordering-doctor' ? context.attending : [];
  const known = ids.flatMap((id) => directory.staff.get(id) ?? []);
  if (known.length > 0) return known;
  const department = context.department === undefined ? undefined : directory.departments[context.department];
  const role = department?.[to] ?? directory.roles[to] ?? [];
  return role.flatMap((id) => directory.staff.get(id) ?? []);
}
