import { PLUGINS } from '../plugins.ts';
import { errorsPage } from './errors-page.ts';
import { outboundSchema } from './outbound-schema.ts';
import { settingsPage } from './settings-page.ts';

/** The generated pages by their path; a test keeps the files equal to them. */
export function generatedPages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/errors.md', errorsPage()],
    ['docs/settings.md', settingsPage(PLUGINS)],
    ['mappings/outbound.schema.json', outboundSchema()],
  ]);
}
