/** Settings of what people sign in with beside the password. */
import { z } from 'zod';

export const factorSettings = {
  /**
   * A second factor of people who have none: `optional`, whoever sets one up is asked for it; `required`, everybody has to;
   * `off`, nobody is asked. Administrators of the platform always need one.
   */
  secondFactor: z.enum(['off', 'optional', 'required']).default('optional'),
};
