/** A script of functions/browser, made by lib/build/browser.ts when functions are bundled. */
declare module 'browser:*' {
  const script: {
    /** Stands in the page as it is. */
    readonly text: string;
    /** SHA-256, base64, for the page's policy. */
    readonly hash: string;
  };
  export default script;
}

/** A stylesheet of functions/browser, made likewise. */
declare module 'style:*' {
  export const text: string;
  /** SHA-256, hexadecimal. */
  export const hash: string;
}
