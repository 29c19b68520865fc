/** Mails that other services ask for: the template `notification`, its text theirs, its form ours. */
import type { Content } from './content.ts';
import { Undeliverable } from './undeliverable.ts';

/**
 * @param variables `subject` and `body` (paragraphs with an empty line between them), and if wanted `heading`, and
 *   `action_label` with `action_url`, https
 * @throws Undeliverable when one is missing
 */
export function notificationContent(variables: Readonly<Record<string, string>>): Content {
  const subject = needed(variables, 'subject');
  return {
    subject,
    heading: variables.heading ?? subject,
    paragraphs: needed(variables, 'body')
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.trim())
      .filter((paragraph) => paragraph !== ''),
    button: button(variables),
  };
}

function button({ action_label: label, action_url: url }: Readonly<Record<string, string>>): Content['button'] {
  if (label === undefined && url === undefined) return undefined;
  if (!label || !url) throw new Undeliverable('variable_missing');
  // javascript: and data: would run in the mail program, http: can be changed on its way.
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new Undeliverable('action_url_not_https');
  return { label, url };
}

function needed(variables: Readonly<Record<string, string>>, name: string): string {
  const value = variables[name]?.trim();
  if (!value) throw new Undeliverable('variable_missing');
  return value;
}
