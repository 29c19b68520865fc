/** What is one page's own; the stage's pages (page.ts) put it into their frame. */
import type { Html } from '../domain/html.ts';
import type { Language } from '../domain/language.ts';
import type { ClientShown } from './parts/client.ts';

export interface Page {
  readonly status?: number;
  readonly heading: string;
  readonly content: Html;
  /** Above the heading, such as the sign of a result. */
  readonly above?: Html;
  /** Something that was typed is refused: the title says so first. */
  readonly isRefused?: boolean;
  /** Of functions/browser, imported as `browser:<name>`; the page works without it. */
  readonly script?: typeof import('browser:*').default | undefined;
  /** The one address of ours that the script asks. */
  readonly asks?: string | undefined;
  /**
   * Origins, or private schemes, that the page's forms may end up at, beside our own: Chromium applies `form-action` to the
   * redirect that answers a form too.
   */
  readonly formsTo?: readonly string[] | undefined;
  /** Addresses of ours that it shows a picture from, such as a client's logo. */
  readonly pictures?: readonly string[] | undefined;
  /** Where the same page is in another language, with all that it was opened with; without it there is no switch. */
  readonly inLanguage?: ((language: Language) => string) | undefined;
  /**
   * Its forms say where they come from (S79). The address of a page behind a mailed link holds the token, and goes nowhere;
   * with `no-referrer` a form's `Origin` would be `null`.
   */
  readonly namesOrigin?: boolean;
}

/** What happened: it is done, a mail is on its way, or else it just is so. */
export interface Said {
  readonly heading: string;
  readonly text: string;
  readonly kind?: 'done' | 'mailed';
}

/** What each view takes beside its own. */
export interface ViewProps {
  readonly language: Language;
  readonly inLanguage?: Page['inLanguage'];
}

/** What each view of a form takes. */
export interface FormViewProps extends ViewProps {
  readonly form: FormTarget;
  readonly formsTo?: Page['formsTo'];
  /** The application whose request led here; to deny it what it asks for, the form sends `cancel`. */
  readonly client?: ClientShown | undefined;
}

/** Where a page's form goes, and what the wiring sends along: the sealed request, the form token, the language. */
export interface FormTarget {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
}

/** The members of a page that its form decides. */
export const formPage = ({
  inLanguage,
  formsTo,
  client,
}: Pick<FormViewProps, 'inLanguage' | 'formsTo' | 'client'>) => ({
  inLanguage,
  formsTo,
  pictures: client?.logo === undefined ? undefined : [client.logo],
  namesOrigin: true,
});
