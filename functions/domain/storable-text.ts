/** PostgreSQL's text holds neither U+0000 nor half a surrogate pair (S30). */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
