/** Settings of mails and of the pages behind their links. */
import { z } from 'zod';
import { contrast, TEXT_CONTRAST } from '../../../functions/domain/color.ts';
import { brandName, color } from './brand.ts';

/** Whether the URL parser returns it unchanged: no scheme, user, path, upper case or letters beyond ASCII. */
const isHost = (host: string): boolean => {
  const url = `https://${host}/`;
  return URL.canParse(url) && new URL(url).host === host && new URL(url).href === url;
};

/** WCAG 2.2, 1.4.3. */
export const isButtonReadable = ({
  buttonColor,
  buttonTextColor,
}: Readonly<Record<'buttonColor' | 'buttonTextColor', string>>) =>
  contrast(buttonColor, buttonTextColor) >= TEXT_CONTRAST;

export const mailSettings = {
  /** Where links in mails lead: the URL that serves the pages. By default the issuer; never a request's Host (S29). */
  linkBaseUrl: z
    .url({ protocol: /^https?$/ })
    .regex(/[^/]$/, 'without a slash at its end')
    .optional(),
  /** The application's sign-in: the pages behind links lead to it at their end; without it, to ours. */
  signInUrl: z.url({ protocol: /^https?$/ }).optional(),
  mail: z
    .strictObject({
      /** The name that people read, where it is not `brand.name`. */
      brandName: brandName.optional(),
      /**
       * The colour of mails' buttons, and of their text, where they are not `brand.accent` and what is read on it. A contrast
       * of at least 4.5 to 1 is readable (WCAG 2.2, 1.4.3).
       */
      buttonColor: color.optional(),
      buttonTextColor: color.optional(),
      /** The sender of every mail. The address, or its domain, must be a verified identity of SES. */
      sender: z.email().default('no-reply@example.com'),
      /** Where answers go, if anywhere. */
      replyTo: z.email().optional(),
      /**
       * Hosts that links in other services' mails may lead to, each with its port unless that is 443. The host of
       * `linkBaseUrl` is always allowed. What is on the bus is mailed under this service's name (S62).
       */
      linkHosts: z
        .array(
          z.string().refine(isHost, 'must be a host as in a URL, in lower case: app.school.example, or with its port'),
        )
        .default([]),
    })
    .prefault({}),
};
