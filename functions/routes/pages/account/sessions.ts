/** /account/sessions: where the account is signed in, one ended, or all others. */
import script from 'browser:form';
import { cutPage, pageOf } from '../../../domain/cursor.ts';
import { describeDevice } from '../../../domain/device.ts';
import { html } from '../../../domain/html.ts';
import type { SessionId } from '../../../domain/ids.ts';
import type { Language } from '../../../domain/language.ts';
import { moment } from '../../../domain/mail/content.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { actions, linkButton } from '../../../http/parts/form.ts';
import { rows } from '../../../http/parts/rows.ts';
import { readId } from '../../../http/query.ts';
import type { Database } from '../../../store/database.ts';
import { listSessions, revokeAllSessions, revokeOwnSession, type SessionRow } from '../../../store/sessions.ts';
import { type Area, cursorOf, moreLink, rowForm, type Visit } from './area.ts';

export const sessions: Area<{ readonly database: Database }> = {
  isForEnrolling: true,
  async show({ database }, visit) {
    const { caller, language, query, request, at } = visit;
    const said = texts[language];
    const page = pageOf({ cursor: cursorOf(query) });
    const listed = await listSessions(database, caller, page, request.context);
    if (!listed) throw new Problem('TOKEN_INVALID');
    const isCallers = ({ session_id }: SessionRow) => session_id === caller.sid;
    const own = listed.sessions.filter(isCallers);
    const others = listed.sessions.filter((one) => !isCallers(one));
    const { page: shown, next_cursor } = cutPage(others, page, ({ session_id }) => session_id);
    return {
      heading: said.heading,
      script,
      content: html`<p class="lead">${said.lead}</p>
${rows(
  said.heading,
  [...own, ...shown].map((session) => rowOf(visit, session, isCallers(session))),
)}
${moreLink(visit, 'sessions', next_cursor)}${others.length > 0 && actions(linkButton(at('sessions', { ask: 'end-others' }), said.endOthers, 'end-others', 'secondary'))}`,
    };
  },
  asks: (language) => ({ 'end-others': texts[language].ask }),
  acts: {
    async end({ database }, { caller, request }, { id }) {
      assertAllowed(await revokeOwnSession(database, caller, readId<SessionId>(id), request.context));
      return { done: 'ended' };
    },
    async 'end-others'({ database }, { caller, request }) {
      const ended = await revokeAllSessions(database, caller, { keepCurrent: true }, request.context);
      if (ended === null) throw new Problem('TOKEN_INVALID');
      return { done: 'others' };
    },
  },
  done: (language) => texts[language].done,
};

function rowOf(visit: Visit, session: SessionRow, isCallers: boolean) {
  const { language } = visit;
  const said = texts[language];
  const { device_name, user_agent, kind, client_name, ip_address } = session;
  const device = device_name ?? describeDevice(user_agent, language);
  return {
    title: kind === 'client' ? said.client(client_name ?? said.gone) : device,
    details: [
      isCallers ? said.here : undefined,
      kind === 'client' ? device : undefined,
      said.seen(moment(language, new Date(session.last_seen_at))),
      said.from(ip_address),
    ],
    action: isCallers ? undefined : rowForm(visit, 'end', session.session_id, said.end),
  };
}

const texts: Readonly<Record<Language, Texts>> = {
  en: {
    heading: 'Sessions and devices',
    lead: 'Where your account is signed in. To end a session signs it out at once, with the applications that it opened.',
    here: 'This browser',
    client: (name) => `Application: ${name}`,
    gone: 'one that no longer exists',
    seen: (time) => `Last used ${time}`,
    from: (address) => `From ${address}`,
    end: 'End',
    endOthers: 'End all others',
    ask: {
      heading: 'End all other sessions?',
      text: 'Every other browser, device and application has to sign in again. This browser stays signed in.',
      yes: 'End all others',
    },
    done: { ended: 'The session has ended.', others: 'All other sessions have ended.' },
  },
  sv: {
    heading: 'Inloggningar och enheter',
    lead: 'Där ditt konto är inloggat. Avslutar du en inloggning loggas den ut genast, med applikationerna som den öppnade.',
    here: 'Den här webbläsaren',
    client: (name) => `Applikation: ${name}`,
    gone: 'en som inte finns längre',
    seen: (time) => `Senast använd ${time}`,
    from: (address) => `Från ${address}`,
    end: 'Avsluta',
    endOthers: 'Avsluta alla andra',
    ask: {
      heading: 'Avsluta alla andra inloggningar?',
      text: 'Alla andra webbläsare, enheter och applikationer måste logga in igen. Den här webbläsaren förblir inloggad.',
      yes: 'Avsluta alla andra',
    },
    done: { ended: 'Inloggningen är avslutad.', others: 'Alla andra inloggningar är avslutade.' },
  },
};

interface Texts {
  readonly heading: string;
  readonly lead: string;
  readonly here: string;
  readonly client: (name: string) => string;
  readonly gone: string;
  readonly seen: (time: string) => string;
  readonly from: (address: string) => string;
  readonly end: string;
  readonly endOthers: string;
  readonly ask: { readonly heading: string; readonly text: string; readonly yes: string };
  readonly done: Readonly<Record<'ended' | 'others', string>>;
}
