/** /account/recovery-codes: how many are left, and a new set, which is shown once. */
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import { renewRecoveryCodes } from '../../../flows/recovery-codes.ts';
import { actions, button, linkButton, postForm } from '../../../http/parts/form.ts';
import { notice } from '../../../http/parts/message.ts';
import type { Area, Question, Section, Visit } from './area.ts';

export const recoveryCodes: Area<Parameters<typeof renewRecoveryCodes>[0]> = {
  isForEnrolling: true,
  isSensitive: true,
  show(_needs, { language, account, at, form }) {
    const said = texts[language];
    const { codes } = account;
    // They stand in for another factor.
    if (!account.has_app && account.passkeys === 0) {
      return {
        heading: said.heading,
        content: html`<p class="lead">${said.first}</p>
${actions(linkButton(at('authenticator'), said.toApp, 'authenticator'))}`,
      };
    }
    return {
      heading: said.heading,
      content: html`<p class="lead">${said.lead}</p>
<p>${said.left(codes)}</p>
${
  codes === 0
    ? postForm(
        { ...form, hidden: { ...form.hidden, action: 'make' } },
        actions(button({ label: said.make, id: 'submit' })),
      )
    : actions(linkButton(at('recovery-codes', { ask: 'make' }), said.renew, 'make'))
}`,
    };
  },
  asks: (language) => ({ make: { ...texts[language].ask, isSensitive: true } }),
  acts: {
    async make(needs, visit) {
      return { once: codesSection(visit, await renewRecoveryCodes(needs, visit.caller, visit.request.context)) };
    },
  },
  done: (language) => ({ app: texts[language].app }),
};

/** The page prints well. */
export function codesSection({ language, at }: Visit, codes: readonly string[]): Section {
  const said = texts[language];
  return {
    heading: said.made,
    content: html`${notice('careful', html`${said.save}`)}
<ol class="codes">${codes.map((code) => html`<li><code>${code}</code></li>\n`)}</ol>
<p class="soft">${said.use}</p>
${actions(linkButton(at(''), said.saved, 'saved'))}`,
  };
}

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly first: string;
  readonly toApp: string;
  readonly left: (count: number) => string;
  readonly make: string;
  readonly renew: string;
  readonly ask: Question;
  readonly made: string;
  readonly save: string;
  readonly use: string;
  readonly saved: string;
  readonly app: string;
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Recovery codes',
    lead: 'With your password, a recovery code stands in for a telephone or a passkey that you lost. Each works once.',
    first: 'Recovery codes stand in for a second factor. Set one up first.',
    toApp: 'Set up an authenticator app',
    left: (count) => (count === 0 ? 'You have none.' : count === 1 ? 'You have 1 left.' : `You have ${count} left.`),
    make: 'Make ten codes',
    renew: 'Make new codes',
    ask: {
      heading: 'Make new recovery codes?',
      text: 'You get ten new ones. Those that you have saved or printed stop working at once.',
      yes: 'Make new codes',
    },
    made: 'Your recovery codes',
    save: 'Print this page or copy the codes now: they are not shown again. Keep them where nobody else gets at them.',
    use: 'Each code works once, together with your password. Dashes and capitals do not matter.',
    saved: 'I have saved them',
    app: 'The authenticator app is set up. Make recovery codes now, so that a lost telephone does not keep you out.',
  },
  sv: {
    heading: 'Återställningskoder',
    lead: 'Tillsammans med lösenordet ersätter en återställningskod en telefon eller passnyckel som du har förlorat. Var och en fungerar en gång.',
    first: 'Återställningskoder ersätter ett andra steg. Ställ först in ett.',
    toApp: 'Ställ in en autentiseringsapp',
    left: (count) => (count === 0 ? 'Du har inga.' : `Du har ${count} kvar.`),
    make: 'Gör tio koder',
    renew: 'Gör nya koder',
    ask: {
      heading: 'Göra nya återställningskoder?',
      text: 'Du får tio nya. De som du har sparat eller skrivit ut slutar genast att fungera.',
      yes: 'Gör nya koder',
    },
    made: 'Dina återställningskoder',
    save: 'Skriv ut sidan eller kopiera koderna nu: de visas inte igen. Förvara dem där ingen annan kommer åt dem.',
    use: 'Varje kod fungerar en gång, tillsammans med ditt lösenord. Bindestreck och versaler spelar ingen roll.',
    saved: 'Jag har sparat dem',
    app: 'Autentiseringsappen är inställd. Gör återställningskoder nu, så att en förlorad telefon inte stänger dig ute.',
  },
};
