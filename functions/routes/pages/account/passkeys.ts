/** /account/passkeys: the passkeys that there are, another one made by the browser, named, removed. */
import script from 'browser:passkey';
import { peopleText } from '../../../contracts/http/fields.ts';
import { RegistrationCredential } from '../../../contracts/http/passkeys.ts';
import { type Html, html } from '../../../domain/html.ts';
import type { FactorId } from '../../../domain/ids.ts';
import { moment } from '../../../domain/mail/content.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import {
  createPasskey,
  dropPasskey,
  type MakePasskeyNeeds,
  ownPasskeys,
  passkeyOptions,
} from '../../../flows/passkeys.ts';
import type { FormTarget } from '../../../http/page-content.ts';
import { field } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import { creationField, withPasskeys } from '../../../http/parts/passkey.ts';
import { rows } from '../../../http/parts/rows.ts';
import { readId } from '../../../http/query.ts';
import { redirectTo } from '../../../http/redirect.ts';
import { MOST_PASSKEYS } from '../../../store/passkey-enrolment.ts';
import { renamePasskey } from '../../../store/passkeys.ts';
import { readJson } from '../read-json.ts';
import { type Area, questionSection, rowLink, type Section, type Visit } from './area.ts';
import { texts } from './passkeys-texts.ts';

type Own = Awaited<ReturnType<typeof ownPasskeys>>;
type One = Own['passkeys'][number];
export type PasskeyNeeds = MakePasskeyNeeds & Parameters<typeof dropPasskey>[0];

export const passkeys: Area<PasskeyNeeds> = {
  isForEnrolling: true,
  // To look at them takes the session alone; the question before a removal asks for the person.
  instead: ({ query, account, at }) =>
    query.ask === 'remove' && account.stale_acr !== null
      ? redirectTo(at('confirm', { to: '/account/passkeys' }))
      : null,
  async show(needs, visit, fault) {
    const { caller, request, language, query, sent } = visit;
    const own = await ownPasskeys(needs, caller, request.context);
    const asked = own.passkeys.find(({ passkey_id }) => passkey_id === (sent?.id || query.id));
    if (asked && query.ask === 'remove') return removalOf(visit, asked);
    const isUnnamed = fault?.code === 'VALIDATION_ERROR' && sent?.action === 'rename';
    if (asked && (query.ask === 'rename' || isUnnamed)) return naming(visit, asked, isUnnamed);
    const said = texts[language];
    const refused = fault && refusalOf(visit, fault);
    return {
      heading: said.heading,
      script,
      isRefused: refused !== undefined,
      content: html`${refused !== undefined && html`${notice('bad', html`${refused}`, 'fault')}\n`}<p class="lead">${said.lead}</p>
<div${own.user_handle !== null && html` data-passkeys="${JSON.stringify(accepted(own))}"`}>${
        own.passkeys.length > 0 &&
        rows(
          said.heading,
          own.passkeys.map((one) => rowOf(visit, one)),
        )
      }</div>
${await adding(needs, visit, own)}`,
    };
  },
  acts: {
    async create(needs, visit, { credential }) {
      await keepNewPasskey(needs, visit, credential);
      return { done: 'added' };
    },
    async rename({ database }, { caller, request }, { id, name }) {
      const given = peopleText(100).safeParse(name);
      if (!given.success) throw new Problem('VALIDATION_ERROR');
      const renamed = { factorId: readId<FactorId>(id), name: given.data };
      assertAllowed(await renamePasskey(database, caller, renamed, request.context));
      return { done: 'renamed' };
    },
    async remove(needs, { caller, request }, { id }) {
      await dropPasskey(needs, caller, readId<FactorId>(id), request.context);
      return { done: 'removed' };
    },
  },
  done: (language) => texts[language].done,
};

/** @param credential what the browser made; empty of a page that was open for longer than its challenge holds */
export async function keepNewPasskey(
  needs: PasskeyNeeds,
  { caller, request }: Visit,
  credential: string,
): Promise<void> {
  if (credential === '') throw new Problem('CHALLENGE_INVALID');
  const made = RegistrationCredential.safeParse(readJson(credential));
  if (!made.success) throw new Problem('VALIDATION_ERROR');
  await createPasskey(needs, caller, { credential: made.data, name: undefined }, request.context);
}

/** For `signalAllAcceptedCredentials`: of other passkeys the browser knows then that they open nothing. */
const accepted = (own: Own) => ({
  rpId: own.rp_id,
  userId: own.user_handle,
  allAcceptedCredentialIds: own.passkeys.map(({ credential_id }) => credential_id),
});

/** What the page itself says of a refusal. */
function refusalOf({ language, sent }: Visit, { code }: Problem): string | undefined {
  const { faults } = texts[language];
  if (code === 'CONFLICT') return sent?.action === 'remove' ? faults.lastWayIn : faults.taken;
  return code === 'VALIDATION_ERROR' ? faults.unfit : undefined;
}

/** The form that makes another one; or what has to be done first. */
async function adding(needs: PasskeyNeeds, visit: Visit, own: Own): Promise<Html> {
  const { account, language, at } = visit;
  const said = texts[language];
  if (own.passkeys.length >= MOST_PASSKEYS) return html`<p>${said.full}</p>`;
  if (account.stale_acr !== null) {
    return withPasskeys(language, actions(linkButton(at('confirm', { to: '/account/passkeys' }), said.add, 'add')));
  }
  const made = await creationForm(needs, visit, said.add);
  return made ?? html`<p>${said.taken}</p>`;
}

/**
 * @param came what the person came with, and goes on with afterwards
 * @returns null for an account whose factors an administrator took
 */
export async function creationForm(
  needs: PasskeyNeeds,
  { caller, request, language, form }: Visit,
  label: string,
  came: FormTarget['hidden'] = {},
): Promise<Html | null> {
  try {
    const options = await passkeyOptions(needs, caller, request.context);
    const content = html`${creationField(options)}\n${actions(button({ label, id: 'add' }))}`;
    const hidden = { ...form.hidden, ...came, action: 'create' };
    return withPasskeys(language, postForm({ ...form, hidden }, content));
  } catch (error) {
    if (error instanceof Problem && error.code === 'FORBIDDEN') return null;
    throw error;
  }
}

function rowOf(visit: Visit, { passkey_id, name, created_at, last_used_at, synced }: One) {
  const { language } = visit;
  const said = texts[language];
  return {
    title: name ?? said.unnamed,
    details: [
      synced ? said.synced : said.notSynced,
      said.added(moment(language, new Date(created_at))),
      last_used_at === null ? said.unused : said.used(moment(language, new Date(last_used_at))),
    ],
    action: html`<div class="links">${rowLink(visit, 'passkeys', 'rename', passkey_id, said.rename)}${rowLink(visit, 'passkeys', 'remove', passkey_id, said.remove)}</div>`,
  };
}

/** What it does depends on what is left. */
function removalOf(visit: Visit, { name }: One): Section {
  const { account, at, language } = visit;
  const said = texts[language];
  const { heading, effect, last, yes } = said.removal;
  const isLastFactor = account.passkeys === 1 && !account.has_app;
  const text = isLastFactor ? `${effect} ${last}` : effect;
  return questionSection(visit, at('passkeys'), { heading: heading(name ?? said.unnamed), text, yes });
}

function naming({ form, language, at, sent }: Visit, { passkey_id, name }: One, isUnnamed: boolean): Section {
  const said = texts[language];
  return {
    heading: said.renameHeading,
    isRefused: isUnnamed,
    content: postForm(
      { ...form, hidden: { ...form.hidden, action: 'rename', id: passkey_id } },
      html`${field({ id: 'name', label: said.name, hint: said.nameHint, autocomplete: 'off', value: isUnnamed ? sent?.name : (name ?? ''), maxLength: 100, hasFocus: true, error: isUnnamed ? said.faults.name : undefined })}
${actions(button({ label: said.save, id: 'submit' }), linkButton(at('passkeys'), said.cancel, 'cancel', 'secondary'))}`,
    ),
  };
}
