import type { Segment } from '../../hl7/message.ts';
import type { GroupInstance } from '../../hl7/structure.ts';
import type { Cell } from './cell.ts';
import type { Instance, Run } from './run.ts';

/** Where in the message a rule stands while it runs. All are of one shape: rules look at them all the time. */
export class Env {
  readonly run: Run;
  readonly group: GroupInstance;
  /** The segment that `from:` or `each:` chose. */
  readonly segment: Segment | undefined;
  /** The repetition that `each: PV1-7` or a filter looks at. */
  readonly cell: Cell | undefined;
  /** The resource that is being made. */
  readonly instance: Instance | undefined;

  private constructor(run: Run, group: GroupInstance, at: Pick<Env, 'segment' | 'cell' | 'instance'>) {
    this.run = run;
    this.group = group;
    this.segment = at.segment;
    this.cell = at.cell;
    this.instance = at.instance;
  }

  /** In a group, on one of its segments. */
  static of(run: Run, group: GroupInstance, segment?: Segment): Env {
    return new Env(run, group, { segment, cell: undefined, instance: undefined });
  }

  at(group: GroupInstance): Env {
    return new Env(this.run, group, this);
  }

  on(segment: Segment): Env {
    const { cell, instance } = this;
    return new Env(this.run, this.group, { segment, cell, instance });
  }

  looking(cell: Cell): Env {
    const { segment, instance } = this;
    return new Env(this.run, this.group, { segment, cell, instance });
  }

  making(instance: Instance): Env {
    const { segment, cell } = this;
    return new Env(this.run, this.group, { segment, cell, instance });
  }
}
