/** What is around each page of the account: the way back, and what was done or refused. */
import { html } from '../../../domain/html.ts';
import type { Problem } from '../../../domain/problem.ts';
import type { Page } from '../../../http/page.ts';
import { icon } from '../../../http/parts/icon.ts';
import { notice } from '../../../http/parts/message.ts';
import { duration } from '../../../http/parts/time.ts';
import { pageAddress } from '../carried.ts';
import type { Section, Visit } from './area.ts';
import { texts } from './texts.ts';

/** @param page the last part of its address; empty for the overview */
export const pathOf = (page: string): string => (page === '' ? '/account' : `/account/${page}`);

interface Around {
  readonly page: string;
  /** What was done. */
  readonly done?: string | undefined;
  /** What was refused, where the page itself does not say it. */
  readonly fault?: Problem | undefined;
}

export function framed(visit: Visit, section: Section, { page, done, fault }: Around): Page {
  const { query } = visit;
  return {
    ...section,
    inLanguage: (lang) => pageAddress(pathOf(page), { ...query, done: '', cursor: '', lang }),
    namesOrigin: true,
    above: section.above ?? (page === '' ? html`` : backLink(visit, page)),
    content: html`${fault && html`${notice('bad', html`${faultText(visit, fault)}`, 'fault')}\n`}${done !== undefined && html`${notice('good', html`${done}`, 'done')}\n`}${section.content}`,
    isRefused: section.isRefused ?? fault !== undefined,
  };
}

/** From a question to its page, from a page to the overview. */
function backLink({ language, query, at }: Visit, page: string) {
  const [href, text] = query.ask === '' ? [at(''), texts[language].heading] : [at(page), texts[language].back];
  return html`<p class="back"><a href="${href}" id="back">${icon('next', 16)}${text}</a></p>\n`;
}

function faultText({ language }: Visit, { code, status, retryAfter = 0 }: Problem): string {
  const { faults } = texts[language];
  if (code === 'RATE_LIMITED' || code === 'ACCOUNT_LOCKED') return faults.limited(duration(language, retryAfter));
  if (code === 'FORM_EXPIRED' || code === 'CHALLENGE_INVALID') return faults.stale;
  return status >= 500 ? faults.unavailable : faults.refused;
}
