/** The outcomes of requests by metric: closed sets, which the dashboard shows. */
export const outcomes = {
  Logins: [
    'succeeded',
    'invalid_password',
    'user_not_found',
    'account_locked',
    'email_unverified',
    'rate_limit_exceeded',
  ],
  Registrations: ['created', 'address_taken', 'rate_limit_exceeded'],
} as const;
