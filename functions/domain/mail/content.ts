/** What a mail says, free of its form: every template gives this in every language. */
import type { Language } from '../language.ts';

export interface Content {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** Typed where one is; below the paragraphs, large. */
  readonly code?: string;
  readonly button?: { readonly label: string; readonly url: string } | undefined;
  /** Below the button, in small print. */
  readonly notes?: readonly string[];
}

/**
 * Each template with what it needs. No names of people: whoever registers a stranger's address chooses one, and could
 * write to that stranger with it.
 */
export interface Templates {
  readonly verify_email: {
    readonly brand: string;
    readonly url: string;
    readonly until: Date;
    /** What is known of whoever registered: a sentence. */
    readonly registration: string;
    readonly code: string;
    readonly isNew: boolean;
  };
  readonly reset_password: {
    readonly brand: string;
    readonly url: string;
    readonly until: Date;
    /** As above, of an account that nobody has proved: the link claims it. */
    readonly registration: string | null;
  };
  readonly welcome: { readonly brand: string };
  readonly password_changed: { readonly brand: string; readonly at: Date };
  readonly password_reset: { readonly brand: string; readonly at: Date };
  readonly account_locked: { readonly brand: string; readonly until: Date };
  readonly session_reused: { readonly brand: string; readonly at: Date };
  readonly already_registered: { readonly brand: string };
  readonly new_device: {
    readonly brand: string;
    readonly at: Date;
    readonly device: string;
    readonly ipAddress: string;
  };
  /**
   * The organisation's name is its owner's choice, so it is cut short and stands in the text, not in the subject. Who
   * invites is told by what he cannot choose: the address that he proved.
   */
  readonly invitation: {
    readonly brand: string;
    readonly organization: string;
    readonly inviter: string | null;
    readonly url: string;
    readonly until: Date;
  };
  /** What older services ask for by a link of their own. */
  readonly service_verification: { readonly brand: string; readonly url: string };
  readonly service_password_reset: { readonly brand: string; readonly url: string };
  readonly service_welcome: { readonly brand: string; readonly url: string | undefined };
}

export type TemplateId = keyof Templates;

export type Texts = { readonly [T in TemplateId]: (values: Templates[T]) => Content };

/** In UTC and saying so: where the reader is, nobody told us. */
export const moment = (language: Language, time: Date): string =>
  `${new Intl.DateTimeFormat(language === 'sv' ? 'sv-SE' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(time)} UTC`;
