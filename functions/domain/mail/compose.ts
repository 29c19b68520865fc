/** Makes the mail that an event calls for, if any. */
import type { Envelope } from '../../contracts/events/envelope.ts';
import type { EventData } from '../../contracts/events/registry.ts';
import { maskedAddress } from '../email-change.ts';
import type { TokenId, UserId } from '../ids.ts';
import { type Language, languageOf } from '../language.ts';
import type { OneTimeToken, Purpose } from '../one-time-token.ts';
import { describeLoginRequest, describeRegistration } from '../registration.ts';
import { type AllowedLinks, allowedLink } from './allowed-link.ts';
import type { TemplateId, Templates } from './content.ts';
import { notificationContent } from './notification.ts';
import { plainName } from './plain-words.ts';
import { type Brand, type RenderedMail, renderMail, renderTemplate } from './render.ts';
import { MAIL_REQUESTED, type MailTopic, type OwnTemplate } from './topics.ts';
import { LINK_EXPIRED, Undeliverable } from './undeliverable.ts';

export type MailEvent = { [T in MailTopic]: Envelope<T> }[MailTopic];

/** A one-time link, as its row has it; of `second_factor` there is a code alone. */
export interface IssuedLink {
  readonly purpose: Purpose | 'second_factor';
  readonly token_id: TokenId;
  readonly user_id: UserId;
  /** RFC 3339. */
  readonly expires_at: string;
  /** Of a code or link that signs in: who asked for it. */
  readonly asked?: {
    /** Milliseconds since the epoch. */
    readonly at: number;
    readonly ip: string | null;
    readonly user_agent: string | null;
    /** Hexadecimal. */
    readonly login_hash: string;
  };
}

/** The mail's recipient and subject matter, as the database has them now. */
export interface Recipient {
  readonly email: string;
  readonly locale: string | null;
  /** The registration itself issued the link. */
  readonly is_new: boolean;
  /** A verification link was issued, and its mail is the welcome. */
  readonly verification_due: boolean;
  /** Locked without an end, and not by wrong passwords: the administrator explains why. */
  readonly locked_by_administrator: boolean;
  /** The link that the event names, if it exists. */
  readonly link: IssuedLink | null;
  readonly invitation: {
    readonly organization: string;
    /** The inviter's address, if it is proved. */
    readonly inviter: string | null;
  } | null;
  /** Of a change of address. */
  readonly change: {
    readonly old_email: string;
    readonly new_email: string;
    /** Another account keeps the new address. */
    readonly taken: boolean;
  } | null;
  /** Where the account came from; null as soon as the address is proved. */
  readonly unproved: {
    /** Milliseconds since the epoch. */
    readonly registered_at: number;
    readonly registered_ip: string | null;
    readonly registered_user_agent: string | null;
  } | null;
}

export interface Composer {
  readonly brand: Brand;
  readonly now: Date;
  /** Makes the working link: only here (S28). */
  readonly linkTo: (token: OneTimeToken, language: Language) => string;
  /** Makes the code of a link that proves the address. */
  readonly codeOf: (token: OneTimeToken) => string;
  /** Makes a code that signs in. */
  readonly loginCodeOf: (tokenId: TokenId, loginHash: Uint8Array) => string;
}

export type ComposedMail = RenderedMail & { readonly template: string };

/** Code points of text that people chose. */
const MOST_NAME = 100;
const MOST_DEVICE = 200;

/** Whether the event's own data show that it calls for no mail: a session that ended in the ordinary way. */
export const isSilent = (event: MailEvent): boolean =>
  event.event_type === 'huleedu.identity.session.revoked.v1' && event.data.reason !== 'reuse_detected';

/**
 * The mail that an event of this service calls for.
 * @param event as the outbox has it
 * @returns null when there is nothing to mail
 * @throws Undeliverable for a link that no longer works
 */
export function compose(
  event: MailEvent,
  recipient: Recipient,
  { brand, now, ...make }: Composer,
): ComposedMail | null {
  const language = languageOf(recipient.locale);
  const render = <T extends TemplateId>(template: T, values: Omit<Templates[T], 'brand'>): ComposedMail => ({
    template,
    ...renderTemplate(template, values, language, brand),
  });
  const working = (purpose: IssuedLink['purpose']) => {
    const issued = recipient.link;
    if (issued?.purpose !== purpose) throw new Undeliverable('link_gone');
    const until = new Date(issued.expires_at);
    if (until <= now) throw new Undeliverable(LINK_EXPIRED);
    return { issued, until };
  };
  const link = (purpose: Purpose) => {
    const { issued, until } = working(purpose);
    const token = { purpose, tokenId: issued.token_id, userId: issued.user_id, expiresAt: until };
    return { token, url: make.linkTo(token, language), until };
  };
  const { unproved } = recipient;
  const registration =
    unproved &&
    describeRegistration(
      {
        at: new Date(unproved.registered_at),
        ipAddress: unproved.registered_ip,
        userAgent: unproved.registered_user_agent,
      },
      brand.brandName,
      language,
    );

  switch (event.event_type) {
    case 'huleedu.identity.user.registered.v1':
      // One mail per registration: if the address is to be verified, that mail is the welcome.
      return recipient.verification_due ? null : render('welcome', {});
    case 'huleedu.identity.email.verification.requested.v1': {
      // The address was proved after the request: there is nothing left to do.
      if (registration === null) return null;
      const { token, ...links } = link('verify_email');
      return render('verify_email', { ...links, registration, code: make.codeOf(token), isNew: recipient.is_new });
    }
    case 'huleedu.identity.password.reset.requested.v1':
      return render('reset_password', { ...link('reset_password'), registration });
    case 'huleedu.identity.password.reset.completed.v1':
      return render('password_reset', { at: new Date(event.data.reset_at) });
    case 'huleedu.identity.password.changed.v1':
      return render('password_changed', { at: new Date(event.data.changed_at) });
    case 'huleedu.identity.account.locked.v1':
      if (recipient.locked_by_administrator) return null;
      return render('account_locked', { until: new Date(event.data.locked_until) });
    case 'huleedu.identity.session.revoked.v1':
      return render('session_reused', { at: new Date(event.data.revoked_at) });
    case 'huleedu.identity.factor.added.v1':
      return render('factor_added', { factor: event.data.factor, at: new Date(event.data.at) });
    case 'huleedu.identity.factor.removed.v1':
      return render('factor_removed', { factor: event.data.factor, at: new Date(event.data.at) });
    case MAIL_REQUESTED:
      return ofTemplate(event.data.template_id as OwnTemplate, event.data.variables);
  }

  function codeOfLogin(purpose: 'email_login' | 'second_factor') {
    const { issued, until } = working(purpose);
    if (!issued.asked) throw new Undeliverable('link_gone');
    const { at, ip: ipAddress, user_agent: userAgent, login_hash } = issued.asked;
    const request = describeLoginRequest({ at: new Date(at), ipAddress, userAgent }, brand.brandName, language);
    return { code: make.loginCodeOf(issued.token_id, Buffer.from(login_hash, 'hex')), until, request };
  }

  function ofTemplate(template: OwnTemplate, variables: Readonly<Record<string, string>>): ComposedMail {
    switch (template) {
      case 'already_registered':
      case 'email_change_undone':
        return render(template, {});
      case 'new_device':
      case 'passkey_copied': {
        const { at = '', device = '', ip_address: ipAddress = '' } = variables;
        return render(template, { at: new Date(at), device: plainName(device, MOST_DEVICE), ipAddress });
      }
      case 'email_login':
        return render(template, { ...codeOfLogin(template), url: link(template).url });
      case 'second_factor':
        return render(template, codeOfLogin(template));
      case 'change_email': {
        if (changeOf(recipient).taken) return render('address_taken', {});
        return render(template, { ...link(template), account: maskedAddress(changeOf(recipient).old_email) });
      }
      case 'email_change_asked':
      case 'email_changed':
        return render(template, { ...link('undo_email'), address: changeOf(recipient).new_email });
      case 'factors_reset':
        return render(template, link('reset_factors'));
      case 'factor_closed': {
        const { factor = '', at = '' } = variables;
        return render(template, { factor, at: new Date(at) });
      }
      case 'recovery_code_used': {
        const { at = '', codes_left: left = '0' } = variables;
        return render(template, { at: new Date(at), left: Number(left) });
      }
      case 'invitation': {
        const { organization = '', inviter = null } = recipient.invitation ?? {};
        return render(template, { organization: plainName(organization, MOST_NAME), inviter, ...link(template) });
      }
    }
  }
}

function changeOf({ change }: Recipient): NonNullable<Recipient['change']> {
  if (!change) throw new Undeliverable('link_gone');
  return change;
}

/**
 * The mail that another service asks for: in its own words, or one of the three that older services name.
 * @throws Undeliverable for a request that cannot be fulfilled
 */
export function composeRequested(
  { template_id: template, variables }: EventData<typeof MAIL_REQUESTED>,
  locale: string | null,
  { brand, links }: Pick<Composer, 'brand'> & { readonly links: AllowedLinks },
): ComposedMail {
  const language = languageOf(variables.locale ?? locale);
  /** The URL, under today's name or the one that older services use. */
  const url = (older: string) => {
    const given = variables.action_url ?? variables[older];
    return given === undefined ? undefined : allowedLink(given, links);
  };
  const needed = (older: string) => {
    const found = url(older);
    if (found === undefined) throw new Undeliverable('variable_missing');
    return found;
  };
  const render = <T extends TemplateId>(ofTheirs: T, values: Omit<Templates[T], 'brand'>): ComposedMail => ({
    template,
    ...renderTemplate(ofTheirs, values, language, brand),
  });
  switch (template) {
    case 'notification':
      return { template, ...renderMail(notificationContent(variables, links), language, brand) };
    case 'verification':
      return render('service_verification', { url: needed('verification_link') });
    case 'password_reset':
      return render('service_password_reset', { url: needed('reset_link') });
    case 'welcome':
      return render('service_welcome', { url: url('dashboard_link') });
    default:
      throw new Undeliverable('template_unknown');
  }
}
