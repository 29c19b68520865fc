/** What the local SES keeps of a mail. */

/** A message as LocalStack's `/_aws/ses` shows it, plus the tags and the configuration set. */
export interface SesMessage {
  readonly Id: string;
  readonly Region: string;
  /** RFC 3339. */
  readonly Timestamp: string;
  readonly Source: string;
  readonly Destination: {
    readonly ToAddresses?: readonly string[];
    readonly CcAddresses?: readonly string[];
    readonly BccAddresses?: readonly string[];
  };
  readonly Subject?: string;
  readonly Body?: { readonly text_part: string | null; readonly html_part: string | null };
  /** The MIME message, when the mail was sent as one. */
  readonly RawData?: string;
  readonly ConfigurationSetName?: string;
  readonly Tags?: readonly { readonly Name?: string; readonly Value?: string }[];
}
