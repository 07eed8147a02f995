import type { PathExpression } from '../language/ast.ts';
import type { CompileContext, Compiled } from './compiled.ts';

/** `MSH-9.2`: the event. */
export function isTrigger({ segment, field, component, subcomponent }: PathExpression): boolean {
  return segment === 'MSH' && field === 9 && component === 2 && subcomponent === undefined;
}

/** The event is EVN-1 where MSH-9 has the message type alone (version 2.1). */
export function orEvent(
  trigger: Compiled,
  context: CompileContext,
  compile: (path: PathExpression, context: CompileContext) => Compiled,
): Compiled {
  if (context.around.wayToSegment('EVN') === undefined) return trigger;
  const event = compile({ kind: 'path', segment: 'EVN', field: 1, at: 0 }, context);
  return {
    ...trigger,
    evaluate: (env) => {
      const items = trigger.evaluate(env);
      return items.length > 0 ? items : event.evaluate(env);
    },
  };
}
