/** The pages behind the links of a change of address: what is asked, and what became of it. */
import form from 'browser:form';
import { maskedAddress } from '../../../domain/email-change.ts';
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { ChangePurpose } from '../../../domain/one-time-token.ts';
import type { Page, Pages } from '../../../http/page.ts';
import { actions, button, linkButton, linkForm, linkInLanguage } from '../../../http/parts/form.ts';
import type { ChangeState } from '../../../store/email-change-links.ts';
import { pageAddress } from '../carried.ts';
import { type OutcomeTexts, texts } from './texts.ts';

export type Outcome = keyof OutcomeTexts;

export interface ChangePageProps {
  readonly language: Language;
  readonly purpose: ChangePurpose;
  readonly token: string;
  /** What a genuine link is of; null for any other, which is told nothing. */
  readonly change: ChangeState | 'gone' | null;
}

type Asked = Pick<ChangePageProps, 'language' | 'token'> & { readonly change: ChangeState };

export function changePage(pages: Pages, { language, purpose, token, change }: ChangePageProps): Page {
  if (change === null) return outcomePage(pages, language, 'invalid');
  if (change === 'gone') return outcomePage(pages, language, 'gone');
  const { standing } = change;
  if (purpose === 'undo_email') {
    if (standing === 'pending' || standing === 'changed') return undoPage({ language, token, change });
    return outcomePage(pages, language, standing === 'undone' ? 'ended' : 'late');
  }
  if (standing === 'pending') return confirmPage({ language, token, change });
  return outcomePage(pages, language, standing === 'changed' || standing === 'settled' ? 'before' : 'over');
}

function confirmPage({ language, token, change }: Asked): Page {
  const { confirm } = texts[language];
  return {
    heading: confirm.heading,
    script: form,
    inLanguage: linkInLanguage('change-email', token),
    content: html`<dl class="facts long">
<div><dt>${confirm.account}</dt><dd>${maskedAddress(change.old_email)}</dd></div>
<div><dt>${confirm.address}</dt><dd>${change.new_email}</dd></div>
</dl>
<p>${confirm.text}</p>
${linkForm(
  'change-email',
  token,
  language,
  actions(
    button({ label: confirm.mine, id: 'mine', name: 'answer', value: 'mine' }),
    button({ label: confirm.notMine, id: 'not_mine', kind: 'secondary', name: 'answer', value: 'not_mine' }),
  ),
)}`,
  };
}

function undoPage({ language, token, change }: Asked): Page {
  const { undo } = texts[language];
  const said = undo[change.standing === 'pending' ? 'before' : 'after'];
  return {
    heading: said.heading,
    script: form,
    inLanguage: linkInLanguage('undo-email', token),
    content: html`<dl class="facts long">
<div><dt>${undo.old}</dt><dd>${change.old_email}</dd></div>
<div><dt>${said.address}</dt><dd>${change.new_email}</dd></div>
</dl>
<p>${said.text}</p>
${linkForm('undo-email', token, language, actions(button({ label: said.yes, id: 'submit', kind: 'danger' })))}`,
  };
}

/** Who ended a change that somebody else asked for has a password to set: whoever it was knows the one that there is. */
export function outcomePage(pages: Pages, language: Language, outcome: Outcome): Page {
  const said = texts[language].outcomes[outcome];
  const hasIntruder = outcome === 'undone' || outcome === 'cancelled';
  return hasIntruder
    ? pages.result(
        language,
        said,
        actions(
          linkButton(pageAddress('/forgot-password', { lang: language }), texts[language].newPassword, 'new_password'),
        ),
      )
    : pages.result(language, said);
}
