/**
 * GET /accept-invitation: where an invitation leads unless `linkBaseUrl` names an application that takes it. Accepting
 * needs a session, which a page of this service does not have, so it hands the code over.
 */
import { html } from '../../../domain/html.ts';
import { pageLanguage } from '../../../http/page.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { field } from '../../../http/parts/field.ts';
import { stagePages } from '../../../stage/pages.ts';
import { texts } from './texts.ts';

const pages = stagePages();

export const handler = pageRoute(pages, {}, (request) => {
  const language = pageLanguage(request);
  const { heading, text, label } = texts[language];
  return pages.answer(language, {
    heading,
    content: html`<p class="lead">${text}</p>
${field({ id: 'code', label, autocomplete: 'off', value: request.search.get('token') ?? '', isReadonly: true })}
${pages.leadOn(language)}`,
  });
});
