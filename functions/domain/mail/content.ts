/** A mail's content without its form: every template gives this in every language. */
import type { Language } from '../language.ts';

export interface Content {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** To be typed by the reader; shown large, below the paragraphs. */
  readonly code?: string;
  readonly button?: { readonly label: string; readonly url: string } | undefined;
  /** In small print, below the button. */
  readonly notes?: readonly string[];
}

interface SeenDevice {
  readonly brand: string;
  readonly at: Date;
  readonly device: string;
  readonly ipAddress: string;
}

interface ChangeNotice {
  readonly brand: string;
  readonly url: string;
  readonly until: Date;
  /** The new address. */
  readonly address: string;
}

interface FactorChange {
  readonly brand: string;
  /** Its kind. */
  readonly factor: string;
  readonly at: Date;
}

/**
 * Each template with what it needs. There are no names of people: an attacker who registers a stranger's address
 * chooses the name, and could write to that stranger with it.
 */
export interface Templates {
  readonly verify_email: {
    readonly brand: string;
    readonly url: string;
    readonly until: Date;
    /** A sentence: what is known about the registration. */
    readonly registration: string;
    readonly code: string;
    readonly isNew: boolean;
  };
  readonly reset_password: {
    readonly brand: string;
    readonly url: string;
    readonly until: Date;
    /** As above, for an account whose address is not proved: the link claims it. */
    readonly registration: string | null;
  };
  readonly email_login: {
    readonly brand: string;
    /** Signs in, in the browser that asked; in any other it shows the code, and who asked. */
    readonly url: string;
    readonly until: Date;
    readonly code: string;
    /** A sentence: who asked for it. */
    readonly request: string;
  };
  readonly second_factor: {
    readonly brand: string;
    readonly until: Date;
    readonly code: string;
    /** As above. */
    readonly request: string;
  };
  /** To the new address. */
  readonly change_email: {
    readonly brand: string;
    readonly url: string;
    readonly until: Date;
    /** The old address, masked. */
    readonly account: string;
  };
  /** In its place, where the new address has an account. */
  readonly address_taken: { readonly brand: string };
  /** To the old address, before and after. */
  readonly email_change_asked: ChangeNotice;
  readonly email_changed: ChangeNotice;
  /** To the new address. */
  readonly email_change_undone: { readonly brand: string };
  /** An administrator has taken the person's factors; with the link and the password they set up others. */
  readonly factors_reset: { readonly brand: string; readonly url: string; readonly until: Date };
  readonly welcome: { readonly brand: string };
  readonly password_changed: { readonly brand: string; readonly at: Date };
  readonly password_reset: { readonly brand: string; readonly at: Date };
  readonly account_locked: { readonly brand: string; readonly until: Date };
  readonly session_reused: { readonly brand: string; readonly at: Date };
  readonly already_registered: { readonly brand: string };
  readonly new_device: SeenDevice;
  readonly passkey_copied: SeenDevice;
  readonly recovery_code_used: { readonly brand: string; readonly at: Date; readonly left: number };
  readonly factor_closed: FactorChange;
  readonly factor_added: FactorChange;
  readonly factor_removed: FactorChange;
  /**
   * The organisation's name is its owner's choice, so it is cut short and stands in the text, not in the subject. The
   * inviter is named by what he cannot choose: the address that he proved.
   */
  readonly invitation: {
    readonly brand: string;
    readonly organization: string;
    readonly inviter: string | null;
    readonly url: string;
    readonly until: Date;
  };
  /** Older services ask for these three, with links of their own. */
  readonly service_verification: { readonly brand: string; readonly url: string };
  readonly service_password_reset: { readonly brand: string; readonly url: string };
  readonly service_welcome: { readonly brand: string; readonly url: string | undefined };
}

export type TemplateId = keyof Templates;

export type Texts = { readonly [T in TemplateId]: (values: Templates[T]) => Content };

/** In UTC, and labelled so: the reader's time zone is unknown. */
export const moment = (language: Language, time: Date): string =>
  `${new Intl.DateTimeFormat(language === 'sv' ? 'sv-SE' : 'en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(time)} UTC`;
