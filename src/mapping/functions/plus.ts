import type { MappingFunction } from '../compile/compiled.ts';
import { mapItems } from '../compile/map-items.ts';
import { later, minutesOf } from '../convert/time-units.ts';
import { cellsOf, Made, textOf } from '../run/cell.ts';

/** `plus(PATH[, UNIT])`. */
export const plusFunction: MappingFunction = {
  name: 'plus',
  usage: 'plus(PATH[, UNIT])',
  summary: 'A time later by as much as a field says, in the unit of another or in minutes; else the time itself.',
  examples: [
    {
      hl7: 'SCH|A1||||||||15||^^^20261123083000+0800',
      element: 'Appointment.end',
      rule: 'SCH-11[1].4 | plus(SCH-9)',
      value: '2026-11-23T08:45:00+08:00',
    },
    {
      hl7: 'SCH|A1||||||||2|h|^^^20261123083000+0800',
      element: 'Appointment.end',
      rule: 'SCH-11[1].4 | plus(SCH-9, SCH-10)',
      value: '2026-11-23T10:30:00+08:00',
    },
    {
      hl7: 'SCH|A1||||||||||^^^20261123083000+0800',
      element: 'Appointment.end',
      rule: 'SCH-11[1].4 | plus(SCH-9)',
      value: '2026-11-23T08:30:00+08:00',
    },
  ],
  bind(call) {
    const argument = call.args[0];
    if (argument === undefined) return call.fail('mapping.bad-argument', 'the argument is the field of the minutes');
    const minutes = call.compile(argument.value);
    const second = call.args[1];
    const unit = second === undefined ? undefined : call.compile(second.value);
    const input = call.converted(['instant']);
    const type = call.expected.includes('dateTime') && !call.expected.includes('instant') ? 'dateTime' : 'instant';
    return {
      ...input,
      types: [type],
      evaluate: (env) => {
        const first = minutes.evaluate(env)[0];
        const text = first === undefined ? '' : textOf(first);
        const said = first === undefined ? [] : cellsOf(first);
        const unitItem = unit?.evaluate(env)[0];
        const more = minutesOf(text, unitItem === undefined ? 'min' : textOf(unitItem)) ?? 0;
        const items = input.evaluate(env);
        return mapItems(
          items,
          (item) =>
            item instanceof Made
              ? new Made(type, later(String(item.value), more), [...cellsOf(item), ...said])
              : undefined,
          env.run,
        );
      },
    };
  },
};
