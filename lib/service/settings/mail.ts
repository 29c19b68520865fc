/** Settings of mails and of the pages behind their links. */
import { z } from 'zod';

const color = z.string().regex(/^#[0-9a-f]{6}$/i, 'six hexadecimal digits after #');

/** WCAG 2.2, "contrast ratio": 1 to 21. */
function contrast(one: string, other: string): number {
  const [light = 1, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = (hex.slice(1).match(/../g) ?? []).map((pair) => {
    const share = Number.parseInt(pair, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Whether the URL parser returns it unchanged: no scheme, user, path, upper case or letters beyond ASCII. */
const isHost = (host: string): boolean => {
  const url = `https://${host}/`;
  return URL.canParse(url) && new URL(url).host === host && new URL(url).href === url;
};

export const mailSettings = {
  /** Where links in mails lead: the URL that serves the pages. By default the issuer; never a request's Host (S29). */
  linkBaseUrl: z
    .url({ protocol: /^https?$/ })
    .regex(/[^/]$/, 'without a slash at its end')
    .optional(),
  /** The application's sign-in: the pages behind links lead to it at their end. Without it, they lead nowhere. */
  signInUrl: z.url({ protocol: /^https?$/ }).optional(),
  mail: z
    .strictObject({
      /** The name that people read in mails and on the pages behind their links. */
      brandName: z
        .string()
        .trim()
        .min(1)
        .max(40)
        .regex(/^\P{Cc}+$/u, 'no control characters')
        .default('HuleEdu'),
      /** The colour of buttons, and of their text. A contrast of at least 4.5 to 1 is readable (WCAG 2.2, 1.4.3). */
      buttonColor: color.default('#1d4ed8'),
      buttonTextColor: color.default('#ffffff'),
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
    .refine((m) => contrast(m.buttonColor, m.buttonTextColor) >= 4.5, {
      path: ['buttonTextColor'],
      message: 'too little contrast with buttonColor: at least 4.5 to 1',
    })
    .prefault({}),
};
