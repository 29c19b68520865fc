/** Problems, said to people: what happened, and what to do next. */
import { type Html, html } from '../domain/html.ts';
import type { Language } from '../domain/language.ts';
import type { Problem } from '../domain/problem.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';
import type { Page, Pages } from './page.ts';
import { sign } from './parts/message.ts';
import { problemHeaders, problemOf } from './problem-details.ts';

/** @param pageOf the page of a problem that the route knows, or null */
export async function problemPage(
  pages: Pages,
  error: unknown,
  language: Language,
  { method }: Pick<RawRequest, 'method'>,
  pageOf: (problem: Problem) => Page | null | Promise<Page | null> = () => null,
): Promise<HttpAnswer> {
  const problem = problemOf(error);
  const { status, retryAfter: wait = 0 } = problem;
  const isOpened = method === 'GET' || method === 'HEAD';
  const page = (await pageOf(problem)) ?? troublePage(pages, language, { status, wait, isOpened });
  const answer = pages.answer(language, { status, ...page });
  return { ...answer, headers: { ...answer.headers, ...problemHeaders(problem) } };
}

interface Trouble {
  readonly status: number;
  /** Seconds, where there were too many tries. */
  readonly wait: number;
  /** Whether a page was opened, which the same address opens again; a form is sent again from the page before. */
  readonly isOpened: boolean;
}

function troublePage({ leadOn }: Pages, language: Language, { status, wait, isOpened }: Trouble): Page {
  const { again, back, ...texts } = trouble[language];
  const { heading, text } = status === 429 ? texts.limited(Math.max(1, Math.ceil(wait / 60))) : texts[kindOf(status)];
  const above = sign(status === 429 ? 'clock' : 'alert', status >= 500 ? 'bad' : 'plain');
  const said = (rest: Html | false, next: Html): Page => ({
    heading,
    above,
    content: html`<p class="lead" role="alert">${text}${rest}</p>\n${next}`,
  });
  if (status === 401 || status === 404 || status === 405) return said(false, leadOn(language));
  // Its address opens it again.
  if (isOpened) return said(false, html`<p class="actions"><a class="button" href="" id="again">${again}</a></p>`);
  return said(html` ${back}`, html``);
}

function kindOf(status: number): 'failed' | 'refused' | 'signedOut' | 'foreign' | 'missing' {
  if (status >= 500) return 'failed';
  if (status === 401) return 'signedOut';
  if (status === 403) return 'foreign';
  return status === 404 || status === 405 ? 'missing' : 'refused';
}

interface Said {
  readonly heading: string;
  readonly text: string;
}

interface TroubleTexts {
  readonly failed: Said;
  readonly refused: Said;
  readonly signedOut: Said;
  readonly foreign: Said;
  readonly missing: Said;
  readonly limited: (minutes: number) => Said;
  readonly again: string;
  readonly back: string;
}

const trouble: Readonly<Record<Language, TroubleTexts>> = {
  en: {
    failed: { heading: 'That did not work', text: 'Something is wrong at our end. Wait a minute and try again.' },
    refused: { heading: 'That did not work', text: 'What was sent is not complete, or longer than it may be.' },
    signedOut: { heading: 'You are signed out', text: 'Sign in to go on.' },
    foreign: { heading: 'That did not work', text: 'You may not do this, or it was not sent from our own page.' },
    missing: { heading: 'There is no such page', text: 'The address is not complete, or what it led to has gone.' },
    limited: (minutes) => ({
      heading: 'Too many tries',
      text: `You can try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
    }),
    again: 'Try again',
    back: 'Go back, and press the button once more.',
  },
  sv: {
    failed: { heading: 'Det fungerade inte', text: 'Något är fel hos oss. Vänta en minut och försök igen.' },
    refused: { heading: 'Det fungerade inte', text: 'Det som skickades är inte helt, eller längre än det får vara.' },
    signedOut: { heading: 'Du är utloggad', text: 'Logga in för att fortsätta.' },
    foreign: {
      heading: 'Det fungerade inte',
      text: 'Du får inte göra det här, eller så skickades det inte från vår egen sida.',
    },
    missing: {
      heading: 'Sidan finns inte',
      text: 'Adressen är inte hel, eller så finns det som den ledde till inte kvar.',
    },
    limited: (minutes) => ({
      heading: 'För många försök',
      text: `Du kan försöka igen om ${minutes === 1 ? 'en minut' : `${minutes} minuter`}.`,
    }),
    again: 'Försök igen',
    back: 'Gå tillbaka och tryck på knappen en gång till.',
  },
};
