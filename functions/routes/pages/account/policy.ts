/** /account/policy?id=…: what an organisation asks of its members, as an owner sets it. */
import script from 'browser:form';
import { policyDay } from '../../../contracts/http/organizations.ts';
import { html } from '../../../domain/html.ts';
import type { OrgId } from '../../../domain/ids.ts';
import type { Language } from '../../../domain/language.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { listedRoles, type RoleSettings } from '../../../domain/role-names.ts';
import { changePolicy } from '../../../flows/change-policy.ts';
import { existingRoles } from '../../../http/existing-roles.ts';
import { checkbox, choiceField, field } from '../../../http/parts/field.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import { readId } from '../../../http/query.ts';
import { redirectTo } from '../../../http/redirect.ts';
import type { Database } from '../../../store/database.ts';
import type { DemandSettings } from '../../../store/demanded-levels.ts';
import { findPolicy } from '../../../store/organization-policy.ts';
import type { RecencySettings } from '../../../store/recent-authentication.ts';
import type { Area } from './area.ts';

/** Days from now on. */
const BEGINNINGS = [0, 7, 28] as const;
const DAY = 24 * 60 * 60 * 1000;

export const policy: Area<{
  readonly database: Database;
  readonly settings: RecencySettings & DemandSettings & RoleSettings;
}> = {
  isSensitive: true,
  // From the confirmation, which knows no organisation.
  instead: ({ query, sent, at }) => (query.id === '' && !sent ? redirectTo(at('organizations')) : null),
  async show({ database, settings }, { caller, language, request, query, form, sent, at }, fault) {
    const said = texts[language];
    const id = sent?.id ?? query.id;
    const { verdict, name, policy: now } = await findPolicy(database, caller, readId<OrgId>(id), request.context);
    assertAllowed(verdict);
    const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' });
    const kept = now.level2
      ? [{ value: now.level2.from.toISOString(), label: said.since(day.format(now.level2.from)) }]
      : [];
    const isWrong = fault?.code === 'VALIDATION_ERROR';
    const isOwnMissing = fault?.code === 'CONFLICT';
    return {
      heading: said.heading,
      script,
      isRefused: isWrong || isOwnMissing,
      content: html`${isOwnMissing && html`${notice('bad', html`${said.ownMissing}`, 'fault')}\n`}<p class="lead">${said.lead(name)}</p>
${postForm(
  { ...form, hidden: { ...form.hidden, action: 'save', id } },
  html`${choiceField({
    id: 'level_2',
    label: said.level2,
    hint: said.level2Hint,
    chosen: sent?.level_2 ?? (now.level2 === null ? 'none' : now.level2.roles ? 'some' : 'all'),
    options: (['none', 'all', 'some'] as const).map((value) => ({ value, label: said.whom[value] })),
  })}
${field({
  id: 'roles',
  label: said.roles,
  hint: said.rolesHint(listedRoles(settings)?.join(', ')),
  autocomplete: 'off',
  value: sent?.roles ?? now.level2?.roles?.join(', ') ?? '',
  maxLength: 1000,
  isOptional: true,
  error: isWrong ? said.rolesWrong : undefined,
})}
${choiceField({
  id: 'from',
  label: said.from,
  hint: said.fromHint,
  chosen: sent?.from ?? kept[0]?.value ?? '7',
  options: [...kept, ...BEGINNINGS.map((days) => ({ value: String(days), label: said.inDays(days) }))],
})}
${checkbox({ id: 'shared_devices', label: said.shared, hint: said.sharedHint, isChecked: sent ? sent.shared_devices !== '' : now.sharedDevices })}
${actions(button({ label: said.save, id: 'submit' }), linkButton(at('organizations'), said.cancel, 'cancel', 'secondary'))}`,
)}`,
    };
  },
  acts: {
    async save({ database, settings }, { caller, request: { context } }, sent) {
      const names = sent.roles.split(/[\s,]+/).filter((name) => name !== '');
      const roles = sent.level_2 === 'some' ? existingRoles(settings).safeParse(names) : null;
      const from = beginningOf(sent.from, context.now);
      if (roles?.success === false || !from) throw new Problem('VALIDATION_ERROR');
      const asked = sent.level_2 === 'all' || sent.level_2 === 'some';
      const level2 = asked ? { roles: roles?.data ?? null, from } : null;
      const changed = { level2, sharedDevices: sent.shared_devices !== '' };
      await changePolicy({ database, settings }, caller, readId<OrgId>(sent.id), changed, context);
      return { done: 'policy', at: 'organizations' };
    },
  },
};

/** @param chosen days from now on, or the day that stands; null for what is neither */
function beginningOf(chosen: string, now: Date): Date | null {
  const days = BEGINNINGS.find((one) => String(one) === chosen);
  if (days !== undefined) return new Date(now.getTime() + days * DAY);
  const day = policyDay.safeParse(chosen);
  return day.success ? new Date(day.data) : null;
}

interface Texts {
  readonly heading: string;
  readonly lead: (organization: string) => string;
  readonly level2: string;
  readonly level2Hint: string;
  readonly whom: Readonly<Record<'none' | 'all' | 'some', string>>;
  readonly roles: string;
  readonly rolesHint: (listed: string | undefined) => string;
  readonly rolesWrong: string;
  readonly from: string;
  readonly fromHint: string;
  readonly since: (day: string) => string;
  readonly inDays: (days: (typeof BEGINNINGS)[number]) => string;
  readonly shared: string;
  readonly sharedHint: string;
  readonly save: string;
  readonly cancel: string;
  readonly ownMissing: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Sign-in rules',
    lead: (organization) => `What ${organization} asks of its members when they work in it.`,
    level2: 'A second factor',
    level2Hint: 'Beside the password, for example a passkey or a code.',
    whom: { none: 'Nobody has to have one', all: 'All members', some: 'Some roles' },
    roles: 'Roles',
    rolesHint: (listed) =>
      `Of members who have to have one, with commas between them.${listed ? ` There are ${listed}.` : ''}`,
    rolesWrong: 'Name one role or more that there are.',
    from: 'Beginning',
    fromHint: 'Until then members are told to set one up. After that they do not get in without it.',
    since: (day) => `As it is: ${day}`,
    inDays: (days) => (days === 0 ? 'At once' : days === 7 ? 'In a week' : 'In four weeks'),
    shared: 'Members share devices',
    sharedHint: 'Then nobody stays signed in, and sessions end after half an hour without use.',
    save: 'Save',
    cancel: 'Cancel',
    ownMissing: 'You would shut yourself out. Set up a second factor of your own first, or let it begin later.',
  },
  sv: {
    heading: 'Regler för inloggning',
    lead: (organization) => `Vad ${organization} kräver av sina medlemmar när de arbetar där.`,
    level2: 'Ett andra steg',
    level2Hint: 'Utöver lösenordet, till exempel en passnyckel eller en kod.',
    whom: { none: 'Ingen måste ha ett', all: 'Alla medlemmar', some: 'Vissa roller' },
    roles: 'Roller',
    rolesHint: (listed) => `För dem som måste ha ett, med komma emellan.${listed ? ` Det finns ${listed}.` : ''}`,
    rolesWrong: 'Ange en eller flera roller som finns.',
    from: 'Börjar',
    fromHint: 'Fram till dess uppmanas medlemmarna att skaffa ett. Därefter kommer de inte in utan det.',
    since: (day) => `Som det är: ${day}`,
    inDays: (days) => (days === 0 ? 'Genast' : days === 7 ? 'Om en vecka' : 'Om fyra veckor'),
    shared: 'Medlemmarna delar enheter',
    sharedHint: 'Då förblir ingen inloggad, och sessioner slutar efter en halvtimme utan användning.',
    save: 'Spara',
    cancel: 'Avbryt',
    ownMissing: 'Du skulle stänga ute dig själv. Skaffa först ett eget andra steg, eller låt det börja senare.',
  },
};
