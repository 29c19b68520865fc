import { moment, type Texts } from '../content.ts';
import { ofServices } from './of-services.ts';

const at = (time: Date) => moment('en', time);

const ifNotYou =
  'If this was not you, set a new password at once with “Forgotten your password?” on the sign-in page. That signs everybody out.';

const factors = {
  passkey: { added: 'You have a new passkey', removed: 'A passkey was removed' },
  totp: { added: 'You have a new authenticator app', removed: 'Your authenticator app was removed' },
  recovery: { added: 'You have new recovery codes', removed: 'Your recovery codes were removed' },
  other: { added: 'You have a new way to sign in', removed: 'A way to sign in was removed' },
};
const factorOf = (factor: string) => factors[factor as keyof typeof factors] ?? factors.other;

export const en: Texts = {
  verify_email: ({ brand, url, until, registration, code, isNew }) => ({
    subject: isNew ? `Welcome to ${brand}: confirm your address` : `Confirm your address for ${brand}`,
    heading: isNew ? `Welcome to ${brand}` : 'Confirm your address',
    paragraphs: [
      registration,
      'If it was you, confirm that the address is yours: with the button below, or with this code where you registered.',
    ],
    code,
    button: { label: 'Confirm or reject', url },
    notes: [
      `Link and code work once, until ${at(until)}. Never tell the code to anyone.`,
      'If it was not you, open the link and choose “That was not me”: the account is deleted. If you do nothing, nobody can do anything in your name with others, and an account that nobody uses is deleted.',
    ],
  }),
  reset_password: ({ brand, url, until, registration }) => ({
    subject: `Set a new password for ${brand}`,
    heading: 'Set a new password',
    paragraphs: [
      'Somebody, hopefully you, asked for an account with this address, or for a new password for it.',
      ...(registration === null
        ? []
        : [
            `${registration} Nobody has confirmed that the address is theirs. With a new password the account is yours alone: everybody who is signed in to it now is signed out.`,
          ]),
    ],
    button: { label: 'Choose a password', url },
    notes: [
      `The link works once, until ${at(until)}.`,
      'If you did not ask for this, you need do nothing: the password stays as it is.',
    ],
  }),
  email_login: ({ brand, url, until, code, request }) => ({
    subject: `Sign in to ${brand}`,
    heading: 'Sign in',
    paragraphs: [
      request,
      'Type this code where you are signing in, or open the link in the browser that asked for it.',
    ],
    code,
    button: { label: 'Sign in', url },
    notes: [
      `Code and link work once, until ${at(until)}, and only where they were asked for. Never tell the code to anyone: nobody of ${brand} asks for it.`,
      'If it was not you, you need do nothing: without the code nobody gets in.',
    ],
  }),
  second_factor: ({ brand, until, code, request }) => ({
    subject: `Your code for ${brand}`,
    heading: 'Your code',
    paragraphs: [request, 'The right password was given. Type this code where you are signing in.'],
    code,
    notes: [
      `The code works once, until ${at(until)}, and only where you asked for it. Never tell it to anyone: nobody at ${brand} asks for it.`,
      'If it was not you, somebody knows your password: set another one at once.',
    ],
  }),
  change_email: ({ brand, url, until, account }) => ({
    subject: `Confirm your new address for ${brand}`,
    heading: 'Confirm your new address',
    paragraphs: [
      `Somebody, hopefully you, wants the account ${account} at ${brand} to have this address from now on.`,
      'If it was you, confirm it. Everything but the browser or device where you asked is signed out then.',
    ],
    button: { label: 'Confirm or reject', url },
    notes: [
      `The link works once, until ${at(until)}, and only while you stay signed in where you asked.`,
      'If that is not your account, open the link and choose “That was not me”, or do nothing: nothing is changed.',
    ],
  }),
  address_taken: ({ brand }) => ({
    subject: `You already have an account at ${brand}`,
    heading: 'You already have an account',
    paragraphs: [
      `Somebody, perhaps you, wanted to give this address to another account at ${brand}. There is an account with it already, and nothing was changed.`,
      'Sign in to that account as usual; if you do not remember the password, use “Forgotten your password?” on the sign-in page.',
    ],
  }),
  email_change_asked: ({ brand, url, address }) => ({
    subject: `Your address for ${brand} is about to change`,
    heading: 'Your address is about to change',
    paragraphs: [
      `Somebody, hopefully you, wants your account at ${brand} to have the address ${address}. Nothing has changed yet: that address has to be confirmed first.`,
      'If it was not you, stop it at once. Whoever did it is signed in to your account.',
    ],
    button: { label: 'Stop the change', url },
    notes: ['The link works until the change is made, and for three days after it.'],
  }),
  email_changed: ({ brand, url, until, address }) => ({
    subject: `Your address for ${brand} was changed`,
    heading: 'Your address was changed',
    paragraphs: [
      `Your account at ${brand} has the address ${address} now. Mail goes there, and you sign in with it.`,
      'If it was not you, take your account back with the button below.',
    ],
    button: { label: 'Undo the change', url },
    notes: [`The link works once, until ${at(until)}.`],
  }),
  email_change_undone: ({ brand }) => ({
    subject: `A change of address was undone at ${brand}`,
    heading: 'The change of address was undone',
    paragraphs: [
      `The change that gave an account at ${brand} this address was undone from the address that it had before. The account has that one again, and everybody was signed out of it.`,
      'If you want an account with this address, you can register.',
    ],
  }),
  factors_reset: ({ brand, url, until }) => ({
    subject: `Set up your second sign-in step at ${brand} again`,
    heading: 'Set up your second step again',
    paragraphs: [
      'An administrator has removed your passkeys, authenticator app and recovery codes, because we were told that you have lost them. You were signed out everywhere.',
      'Open this link and give your password: then you can set up new ones. Until then, your account signs in with less than before, and nobody can add a second step.',
    ],
    button: { label: 'Set up again', url },
    notes: [
      `The link works once, until ${at(until)}, and ends if the password is reset.`,
      'If you have not asked for this, do not open the link, and tell an administrator: somebody pretended to be you.',
    ],
  }),
  welcome: ({ brand }) => ({
    subject: `Welcome to ${brand}`,
    heading: `Welcome to ${brand}`,
    paragraphs: ['You have an account now, and your address is confirmed. You can sign in.'],
  }),
  password_changed: ({ brand, at: time }) => ({
    subject: `Your password for ${brand} was changed`,
    heading: 'Your password was changed',
    paragraphs: [`It was changed on ${at(time)}. You were signed out everywhere else.`, ifNotYou],
  }),
  password_reset: ({ brand, at: time }) => ({
    subject: `Your password for ${brand} was reset`,
    heading: 'Your password was reset',
    paragraphs: [
      `A new password was set on ${at(time)} with a link sent to this address. You were signed out everywhere.`,
      'If this was not you, somebody reads your mail: secure your mailbox first, then set a new password.',
    ],
  }),
  account_locked: ({ brand, until }) => ({
    subject: `Your account at ${brand} is locked for a while`,
    heading: 'Your account is locked for a while',
    paragraphs: [
      `There were too many wrong passwords in a row. You can sign in again after ${at(until)}, or at once with a new password by “Forgotten your password?”.`,
      'If this was not you, somebody tries to guess your password. They did not get in.',
    ],
  }),
  session_reused: ({ brand, at: time }) => ({
    subject: `You were signed out of ${brand} for your safety`,
    heading: 'You were signed out on one device',
    paragraphs: [
      `On ${at(time)} an old key of one of your sessions was used again. That can mean that somebody has copied it, so we ended that session.`,
      'Sign in again to go on. If you see devices that you do not know among your sessions, change your password.',
    ],
  }),
  new_device: ({ brand, at: time, device, ipAddress }) => ({
    subject: `New sign-in to ${brand}`,
    heading: 'Signed in on a new device',
    paragraphs: [
      `Your account was used on ${at(time)} on a device that we have not seen before${device === '' ? '' : `: ${device}`}. It had the address ${ipAddress}.`,
      `If it was you, you need do nothing. ${ifNotYou}`,
    ],
  }),
  passkey_copied: ({ brand, at: time, device, ipAddress }) => ({
    subject: `Was a passkey of yours copied? Sign-in to ${brand}`,
    heading: 'A passkey may have been copied',
    paragraphs: [
      `On ${at(time)} somebody signed in with one of your passkeys${device === '' ? '' : `, on ${device}`}. They had the address ${ipAddress}. This passkey is on one device alone and counts how often it is used. It counted less than the time before, as a copy would.`,
      'If it was you, and you have reset or restored that device, all is well. Otherwise remove the passkey from your account, and sign out everywhere.',
    ],
  }),
  recovery_code_used: ({ brand, at: time, left }) => ({
    subject: `A recovery code was used at ${brand}`,
    heading: 'A recovery code was used',
    paragraphs: [
      `Somebody used one of your recovery codes on ${at(time)}. You have ${left} left.`,
      left < 3 ? 'Make new ones in your account before they run out.' : 'That code does not work again.',
      `If this was not you, make new recovery codes: the old ones end. ${ifNotYou}`,
    ],
  }),
  factor_closed: ({ brand, factor, at: time }) => ({
    subject: `Too many wrong codes at ${brand}`,
    heading: 'Too many wrong codes',
    paragraphs: [
      `On ${at(time)} the hundredth wrong code in a row came for ${factor === 'recovery' ? 'your recovery codes' : 'your authenticator app'}. So we take none for now, not even a right one. Your other ways to sign in still work.`,
      'If it was not you, somebody knows your password.',
      'Either way, set a new password with “Forgotten your password?” on the sign-in page. After that, codes are taken again.',
    ],
  }),
  factor_added: ({ brand, factor, at: time }) => ({
    subject: `${factorOf(factor).added} at ${brand}`,
    heading: factorOf(factor).added,
    paragraphs: [
      `That happened on ${at(time)}.`,
      'If this was not you, somebody else can sign in. Set a new password at once with “Forgotten your password?” on the sign-in page, which signs everybody out. Then remove what you do not know from your account.',
    ],
  }),
  factor_removed: ({ brand, factor, at: time }) => ({
    subject: `${factorOf(factor).removed} at ${brand}`,
    heading: factorOf(factor).removed,
    paragraphs: [`That happened on ${at(time)}.`, ifNotYou],
  }),
  already_registered: ({ brand }) => ({
    subject: `You already have an account at ${brand}`,
    heading: 'You already have an account',
    paragraphs: [
      `Somebody, perhaps you, tried to register with this address at ${brand}. There is an account with it already, and nothing was changed.`,
      'Sign in as usual; if you do not remember the password, use “Forgotten your password?” on the sign-in page.',
    ],
  }),
  invitation: ({ brand, organization, inviter, url, until }) => ({
    subject: `You are invited to an organisation at ${brand}`,
    heading: 'You are invited',
    paragraphs: [
      inviter === null
        ? `You are invited to join “${organization}” at ${brand}.`
        : `${inviter} invites you to join “${organization}” at ${brand}.`,
      'Sign in, or register, with the address that this mail was sent to.',
    ],
    button: { label: 'Accept the invitation', url },
    notes: [
      `The link works once, until ${at(until)}.`,
      'The name of the organisation was chosen by its owner, and nobody has checked it. If you do not know who invites you, you need do nothing.',
    ],
  }),
  ...ofServices.en,
};
