/** Times as people say them. */
import type { Language } from '../../domain/language.ts';

/** The unit that a person would choose: "1 hour", "24 hours", "5 minutes"; never less than a minute. */
export function duration(language: Language, seconds: number): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  const isHours = minutes >= 60 && minutes % 60 === 0;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: isHours ? 'hour' : 'minute',
    unitDisplay: 'long',
  }).format(isHours ? minutes / 60 : minutes);
}
