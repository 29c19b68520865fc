/** The mails of a change of address: each goes to an address of the change's own row, whoever has it by then (S58). */
import { UNDO_HOURS } from '../domain/email-change.ts';
import { givesWay } from './gives-way.ts';
import { announceEach } from './outbox.ts';

/** With the address that each goes to. */
const addressees = {
  change_email: 'new_email',
  email_change_asked: 'old_email',
  email_changed: 'old_email',
  email_change_undone: 'new_email',
} as const;

/**
 * The body of a CTE that has one mailed, for each row of `cause`, which has the columns of its change.
 * @param id an expression: of the event and the mail
 */
export const mailChange = (template: keyof typeof addressees, id: string, cause: string) =>
  announceEach(
    'huleedu.email.notification.requested.v1',
    {
      aggregate: { type: 'email', id: `${id}::uuid` },
      standalone: true,
      eventId: `${id}::uuid`,
      data: {
        message_id: id,
        template_id: `'${template}'`,
        to: addressees[template],
        variables: "jsonb_build_object('change_id', change_id)",
        category: "'system'",
      },
    },
    cause,
  );

const template = "(e.data ->> 'template_id')";

/** Cases of the template: where the mail of an event `e` about a change `c` goes. */
export const changeAddresses = Object.entries(addressees)
  .map(([name, column]) => `when '${name}' then c.${column}`)
  .join(' ');

/** Its link: IssuedLink of domain/mail/compose.ts, as JSON. */
export const changeLink = `
  jsonb_build_object(
    'purpose', case ${template} when 'change_email' then 'change_email' else 'undo_email' end,
    'token_id', c.change_id,
    'user_id', c.user_id,
    'expires_at', case ${template}
      when 'change_email' then c.expires_at
      else coalesce(c.confirmed_at, c.expires_at) + interval '${UNDO_HOURS} hours'
    end
  )`;

/** What it is about: `change` of a recipient, as JSON. */
export const changeFacts = `
  case when c.change_id is not null then jsonb_build_object(
    'old_email', c.old_email,
    'new_email', c.new_email,
    'taken', exists (
      select from users u where u.email_key = c.new_email_key and u.user_id <> c.user_id and not ${givesWay}
    )
  ) end`;
