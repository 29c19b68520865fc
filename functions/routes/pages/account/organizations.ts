/** /account/organizations: where the person is a member, and as what; left. */
import { html } from '../../../domain/html.ts';
import type { OrgId } from '../../../domain/ids.ts';
import type { Language } from '../../../domain/language.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { OWNS, rankOf } from '../../../domain/roles.ts';
import { linkButton } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import { rows } from '../../../http/parts/rows.ts';
import { readId } from '../../../http/query.ts';
import type { Database } from '../../../store/database.ts';
import { removeMember } from '../../../store/memberships.ts';
import { listOrganizations } from '../../../store/organizations.ts';
import { type Area, type Question, rowLink } from './area.ts';

export const organizations: Area<{ readonly database: Database }> = {
  async show({ database }, visit, fault) {
    const { caller, language, request } = visit;
    const said = texts[language];
    const listed = await listOrganizations(database, caller, request.context);
    if (!listed) throw new Problem('TOKEN_INVALID');
    const isLastOwner = fault?.code === 'CONFLICT';
    return {
      heading: said.heading,
      isRefused: isLastOwner,
      content: html`${isLastOwner && html`${notice('bad', html`${said.lastOwner}`, 'fault')}\n`}${
        listed.length === 0
          ? html`<p class="lead">${said.none}</p>`
          : rows(
              said.heading,
              listed.map(({ org_id, name, roles }) => ({
                title: name,
                details: [said.roles(roles.join(', '))],
                action: html`<span class="links">${
                  rankOf(roles) >= OWNS &&
                  linkButton(visit.at('policy', { id: org_id }), said.rules, `policy-${org_id}`, 'secondary')
                }${rowLink(visit, 'organizations', 'leave', org_id, said.leave)}</span>`,
              })),
            )
      }`,
    };
  },
  asks: (language) => ({ leave: texts[language].ask }),
  acts: {
    async leave({ database }, { caller, request }, { id }) {
      const membership = { orgId: readId<OrgId>(id), userId: caller.sub };
      assertAllowed(await removeMember(database, caller, membership, request.context));
      return { done: 'left' };
    },
  },
  done: (language) => ({ left: texts[language].left, policy: texts[language].ruled }),
};

interface Texts {
  readonly heading: string;
  readonly none: string;
  readonly roles: (roles: string) => string;
  readonly leave: string;
  readonly rules: string;
  readonly ruled: string;
  readonly ask: Question;
  readonly left: string;
  readonly lastOwner: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Organisations',
    none: 'You belong to no organisation. Whoever runs one can invite you by mail.',
    roles: (roles) => `As ${roles}`,
    leave: 'Leave',
    rules: 'Rules',
    ruled: 'The sign-in rules are saved.',
    ask: {
      heading: 'Leave the organisation?',
      text: 'You lose at once what you may see and do there. To come back you need a new invitation.',
      yes: 'Leave',
    },
    left: 'You have left the organisation.',
    lastOwner: 'You are its last owner. Make somebody else an owner first.',
  },
  sv: {
    heading: 'Organisationer',
    none: 'Du är inte med i någon organisation. Den som driver en kan bjuda in dig via e-post.',
    roles: (roles) => `Som ${roles}`,
    leave: 'Lämna',
    rules: 'Regler',
    ruled: 'Reglerna för inloggning är sparade.',
    ask: {
      heading: 'Lämna organisationen?',
      text: 'Du förlorar genast det som du får se och göra där. För att komma tillbaka behöver du en ny inbjudan.',
      yes: 'Lämna',
    },
    left: 'Du har lämnat organisationen.',
    lastOwner: 'Du är den sista ägaren. Gör först någon annan till ägare.',
  },
};
