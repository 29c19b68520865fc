/** Mails that other services ask for with the template `notification`: the text is theirs, the form is ours. */
import { type AllowedLinks, allowedLink } from './allowed-link.ts';
import type { Content } from './content.ts';
import { plainText } from './plain-words.ts';
import { Undeliverable } from './undeliverable.ts';

type Variables = Readonly<Record<string, string>>;

/** Code points of a single line that a mail program shows. */
const MOST_HEADING = 200;
const MOST_LABEL = 60;

/**
 * @param variables `subject` and `body` (paragraphs with an empty line between them), optionally `heading`, optionally
 *   `action_label` with `action_url`
 * @throws Undeliverable when one is missing, or the URL leads elsewhere
 */
export function notificationContent(variables: Variables, links: AllowedLinks): Content {
  const { subject: given = '', body = '' } = variables;
  const subject = plainText(given);
  const paragraphs = body
    .split(/\n\s*\n/)
    .map((paragraph) => plainText(paragraph))
    .filter((paragraph) => paragraph !== '');
  if (subject === '' || paragraphs.length === 0) throw new Undeliverable('variable_missing');
  const heading = plainText(variables.heading ?? given, MOST_HEADING);
  return { subject, heading, paragraphs, button: button(variables, links) };
}

function button({ action_label: label, action_url: url }: Variables, links: AllowedLinks): Content['button'] {
  if (label === undefined && url === undefined) return undefined;
  if (!label || !url) throw new Undeliverable('variable_missing');
  return { label: plainText(label, MOST_LABEL), url: allowedLink(url, links) };
}
